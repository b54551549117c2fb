import Deliveries
import NIOHTTP1
import Testing

@testable import HTTPListener

@Suite struct RequestReadingTests {
    @Test("the application gets the whole request: method, target, headers in order with repeats, and the body")
    func handOver() throws {
        var connection = TestConnection()
        let head = HTTPRequestHead.fixture(
            .PUT, "/klavi/x?y=1", headers: [("x-a", "1"), ("X-B", " "), ("X-A", "2 3\t")])
        #expect(connection.head(head) == .none)
        #expect(connection.body("one ") == .none)
        #expect(connection.body("two") == .none)
        guard case .handOver(let request) = connection.end() else {
            Issue.record("the request was not handed over")
            return
        }
        #expect(request.method == "PUT")
        #expect(request.target.text == "/klavi/x?y=1")
        #expect(
            request.headers == [
                HeaderField("Host", "a"), HeaderField("x-a", "1"), HeaderField("X-B", ""), HeaderField("X-A", "2 3"),
            ])
        #expect(String(decoding: request.body, as: UTF8.self) == "one two")
    }

    @Test("the application gets the method and the target before it decides whether the body is read")
    func admission() {
        var connection = TestConnection()
        var seen: [String] = []
        _ = connection.head(.fixture(.DELETE, "/a?b")) { head in
            seen.append("\(head.method) \(head.target.text)")
            return .reading(upTo: 0)
        }
        #expect(seen == ["DELETE /a?b"])
    }

    @Test("several requests are read on one connection, each with its own body")
    func keepAlive() {
        var connection = TestConnection()
        for text in ["first", "", "third"] {
            #expect(
                connection.request(.fixture(announcing: text.utf8.count), body: text).summary == "hand over \(text)")
            #expect(connection.responded().summary == "200 keepAlive")
        }
    }

    @Test("a head must end within 20 s of the start of the connection, or of the first byte of a later request")
    func headDeadline() {
        var connection = TestConnection()
        connection.bytes(at: 10)
        #expect(connection.deadline == 20)
        _ = connection.request(at: 15)
        _ = connection.responded(at: 16)
        connection.bytes(at: 50)
        connection.bytes(at: 60)
        #expect(connection.deadline == 70)
        #expect(connection.state.timePassed(now: TestConnection.moment(69)) == .none)
        #expect(connection.state.timePassed(now: TestConnection.moment(70)).summary == "408 close")
        #expect(connection.counters[.headerTimeout] == 1)
    }

    @Test("a body must reach 1 KiB per second after 10 s, and end within 60 s of the request's first byte")
    func bodyDeadline() {
        var connection = TestConnection()
        _ = connection.head(.fixture(announcing: 90_000), at: 5, admit: { _ in .reading(upTo: 90_000) })
        #expect(connection.deadline == 15)
        _ = connection.body(String(repeating: "a", count: 4096), at: 6)
        #expect(connection.deadline == 19)
        _ = connection.body(String(repeating: "a", count: 65_536), at: 18)
        #expect(connection.deadline == 60)
        #expect(connection.state.timePassed(now: TestConnection.moment(60)).summary == "408 close")
        #expect(connection.counters[.requestTimeout] == 1)

        var slow = TestConnection()
        _ = slow.head(.fixture(announcing: 8))
        _ = slow.body("abcd", at: 9)
        #expect(slow.state.timePassed(now: TestConnection.moment(11)).summary == "408 close")
        #expect(slow.counters[.bodyTooSlow] == 1)
    }

    @Test("an idle connection is closed without a response")
    func idle() {
        var connection = TestConnection()
        _ = connection.request()
        _ = connection.responded(at: 100)
        #expect(connection.deadline == 175)
        #expect(connection.state.timePassed(now: TestConnection.moment(174)) == .none)
        #expect(connection.state.timePassed(now: TestConnection.moment(175)) == .close)
    }

    @Test("a request gets 503 if the application does not respond for 60 s, and the late response is dropped")
    func slowResponse() {
        var connection = TestConnection()
        _ = connection.request(.fixture(announcing: 3), body: "abc")
        #expect(connection.deadline == 60)
        #expect(connection.state.timePassed(now: TestConnection.moment(60)).summary == "503 close")
        #expect(connection.budget.usedByteCount == 3)
        #expect(connection.responded(at: 61) == .none)
        #expect(connection.budget.usedByteCount == 0)
    }

    @Test(
        "in every phase, output that the client does not read ends the connection after 30 s",
        arguments: PhaseTableTests.Phase.allCases)
    func blockedOutput(phase: PhaseTableTests.Phase) {
        var connection = phase.connection()
        let before = connection.deadline
        connection.state.writabilityChanged(false, now: TestConnection.moment(0))
        connection.state.writabilityChanged(false, now: TestConnection.moment(5))
        #expect(connection.deadline == before.map { min($0, 30) })
        #expect(phase == .closed || connection.state.timePassed(now: TestConnection.moment(30)) != .none)
        connection.state.writabilityChanged(true, now: TestConnection.moment(31))
    }

    @Test("a second response to a request is dropped")
    func secondResponse() {
        var connection = TestConnection()
        _ = connection.request()
        _ = connection.responded()
        #expect(connection.responded() == .none)
    }
}

@Suite struct DateHeaderTests {
    @Test("the Date header follows the clock, even if the clock is set back")
    func followsClock() {
        let header = DateHeader()
        let texts = [5000, 5999, 6000, 5000].map { header.value(at: Timestamp(millisecondsSinceEpoch: $0)) }
        #expect(
            texts == [
                "Thu, 01 Jan 1970 00:00:05 GMT", "Thu, 01 Jan 1970 00:00:05 GMT", "Thu, 01 Jan 1970 00:00:06 GMT",
                "Thu, 01 Jan 1970 00:00:05 GMT",
            ])
    }
}
