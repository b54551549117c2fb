import Testing

@testable import HTTPListener

/// Tests of reading while a response is outstanding.
@Suite struct ReadAheadTests {
    private static let held = "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".utf8
    private static let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n".utf8

    @Test("a connection continues reading while a response is outstanding, and stops when bytes arrive")
    func bound() throws {
        let conversation = try Conversation()
        #expect(conversation.exchange(Self.held) == "")
        conversation.askForRead()
        #expect(conversation.readCount == 1)
        for _ in 0..<10 {
            #expect(conversation.exchange(Self.next) == "")
            conversation.askForRead()
        }
        #expect(conversation.readCount == 1)
        let statuses = Conversation.statuses(conversation.responseHeld())
        #expect(statuses == [Substring](repeating: "200", count: 11))
        #expect(conversation.readCount == 2)
    }

    @Test("a connection without an outstanding response does not control the channel's reading")
    func ordinary() throws {
        let conversation = try Conversation()
        #expect(Conversation.statuses(conversation.exchange(Self.next.prefix(10))) == [])
        #expect(conversation.readCount == 0)
        #expect(Conversation.statuses(conversation.exchange(Self.next.dropFirst(10))) == ["200"])
        conversation.askForRead()
        #expect(conversation.readCount == 1)
    }

    @Test("responses are in order, however the bytes after an outstanding request are split")
    func cuts() throws {
        let others = Array(Self.next) + Array("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8)
        let whole = try Conversation()
        #expect(whole.exchange(Array(Self.held) + others) == "")
        let expected = whole.responseHeld()
        #expect(Conversation.statuses(expected) == ["200", "200", "200"])
        for cut in 0...others.count {
            let conversation = try Conversation()
            #expect(conversation.exchange(Self.held) == "")
            #expect(conversation.exchange(others[..<cut]) == "")
            let responses = conversation.responseHeld() + conversation.exchange(others[cut...])
            #expect(Conversation.statuses(responses) == Conversation.statuses(expected), "cut at \(cut)")
        }
    }

    @Test("a client that stops sending after a pipelined request gets both responses before the connection ends")
    func closedInput() throws {
        let conversation = try Conversation()
        #expect(conversation.exchange(Self.held) == "")
        #expect(conversation.exchange(Self.next) == "")
        #expect(conversation.closeInput() == "")
        #expect(Conversation.statuses(conversation.responseHeld()) == ["200", "200"])
        #expect(!conversation.isOpen)
    }

    @Test("bytes after the last response are dropped")
    func lastResponse() throws {
        let conversation = try Conversation()
        let last = "POST /held HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
        #expect(conversation.exchange(last.utf8) == "")
        #expect(conversation.exchange(Self.next) == "")
        #expect(Conversation.statuses(conversation.responseHeld()) == ["200"])
        #expect(!conversation.isOpen)
    }
}
