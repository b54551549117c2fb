import TestKit
import Testing

@testable import HTTPListener

@Suite struct ConversationTests {
    private static let bytes = Array(
        [
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
            "GET /rejected HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1;x\r\nf\r\n0\r\n\r\n",
            "HEAD /3 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        ].joined().utf8)

    /// The responses without their request IDs, which differ in each run.
    private static func comparable(_ responses: String) -> String {
        responses.replacing(/Callbox-Request: [0-9a-f]{15}\r\n/, with: "")
    }

    @Test("splitting the bytes of a conversation differently does not change the responses")
    func everyCut() throws {
        let whole = try Conversation().exchange(Self.bytes)
        #expect(Conversation.statuses(whole) == ["200", "404", "200", "200", "200"])
        for cut in 1..<Self.bytes.count {
            let conversation = try Conversation()
            let responses = conversation.exchange(Self.bytes[..<cut]) + conversation.exchange(Self.bytes[cut...])
            #expect(Self.comparable(responses) == Self.comparable(whole), "cut at \(cut)")
            #expect(conversation.budget.usedByteCount == 0)
        }
    }

    @Test(
        "any number of waiting requests get their responses in order and without recursion",
        arguments: ["/rejected", "/at-once"])
    func manyWaiting(path: String) throws {
        let count = 5000
        let conversation = try Conversation()
        let first = "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
        let others = String(repeating: "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n", count: count)
        #expect(conversation.exchange((first + others).utf8) == "")
        let statuses = Conversation.statuses(conversation.responseHeld())
        #expect(statuses.count == count + 1)
        #expect(statuses.first == "200")
        #expect(Set(statuses.dropFirst()) == [path == "/rejected" ? "404" : "200"])
    }

    @Test(
        "an event loop starts a limited number of pipelined requests before it polls its sockets again",
        arguments: [("/rejected", 17), ("/at-once", 65)])
    func rounds(path: String, count: Int) throws {
        let conversation = try Conversation()
        let requests = String(repeating: "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000)
        #expect(Conversation.statuses(conversation.exchangeInOneRound(requests.utf8)).count == count)
        #expect(Conversation.statuses(conversation.responsesOfRound()) == [])
        let next = conversation.responsesOfRound(after: PipelinedTurns.pause)
        #expect(Conversation.statuses(next).count == count - 1)
        #expect(Conversation.statuses(conversation.responses()).count == 1000 - count - (count - 1))
    }

    @Test("metrics show the phase of a connection")
    func phases() throws {
        let conversation = try Conversation()
        #expect(conversation.countsByPhase == [.idle: 1])
        _ = conversation.exchange("POST /held HTTP/1.1\r\n".utf8)
        #expect(conversation.countsByPhase == [.head: 1])
        _ = conversation.exchange("Host: a\r\nContent-Length: 2\r\n\r\nx".utf8)
        #expect(conversation.countsByPhase == [.body: 1])
        _ = conversation.exchange("y".utf8)
        #expect(conversation.countsByPhase == [.response: 1])
        _ = conversation.responseHeld()
        #expect(conversation.countsByPhase == [.idle: 1])
        conversation.end()
        #expect(conversation.countsByPhase == [:])
    }

    @Test(
        "a damaged conversation ends or gets a response, and its whole budget is returned",
        arguments: 1...8 as ClosedRange<UInt64>)
    func damaged(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var rejectedCount = 0
        for _ in 0..<250 {
            let conversation = try Conversation()
            let bytes = ByteMutation.mutate(Self.bytes, using: &generator)
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            let responses = conversation.exchange(bytes[..<cut]) + conversation.exchange(bytes[cut...])
            if Conversation.statuses(responses).contains("400") { rejectedCount += 1 }
            conversation.end()
            #expect(conversation.budget.usedByteCount == 0)
        }
        #expect(rejectedCount > 0)
    }
}
