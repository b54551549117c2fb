import Deliveries
import NIOHTTP1
import Testing

@testable import HTTPListener

@Suite struct RequestReadingTests {
    @Test("a request is handed over whole: method, target, headers in order with repeats, body in one piece")
    func handOver() throws {
        var connection = TestConnection()
        let head = HTTPRequestHead.fixture(
            .PUT, "/klavi/x?y=1", headers: [("x-a", "1"), ("X-B", " "), ("X-A", "2 3\t")])
        #expect(connection.head(head) == .none)
        #expect(connection.body("one ") == .none)
        #expect(connection.body("two") == .none)
        guard case .handOver(let request) = connection.state.endArrived() else {
            Issue.record("it was not handed over")
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

    @Test("the application sees the method and the target before it says whether the body is read")
    func admission() {
        var connection = TestConnection()
        var seen: [String] = []
        _ = connection.head(.fixture(.DELETE, "/a?b")) { head in
            seen.append("\(head.method) \(head.target.text)")
            return .reading(upTo: 0)
        }
        #expect(seen == ["DELETE /a?b"])
    }

    @Test("one request after another is read on one connection, each with a body of its own")
    func keepAlive() {
        var connection = TestConnection()
        for text in ["first", "", "third"] {
            #expect(
                connection.request(.fixture(announcing: text.utf8.count), body: text).summary == "hand over \(text)")
            #expect(connection.responded().summary == "200 keepAlive")
        }
    }

    @Test("the time for a request runs from its first byte to its last, however its parts arrive")
    func deadline() {
        var connection = TestConnection()
        connection.bytes(at: 10)
        #expect(connection.deadline == 70)
        connection.bytes(at: 20)
        #expect(connection.head(.fixture(announcing: 8), at: 30) == .none)
        #expect(connection.body("abcd", at: 40) == .none)
        #expect(connection.deadline == 70)
        #expect(connection.state.timePassed(now: TestConnection.moment(69)) == .none)
        #expect(connection.state.timePassed(now: TestConnection.moment(70)).summary == "408 close")
    }

    @Test("a connection that is quiet between requests is closed without a word")
    func idle() {
        var connection = TestConnection()
        _ = connection.request()
        _ = connection.responded(at: 100)
        #expect(connection.deadline == 175)
        #expect(connection.state.timePassed(now: TestConnection.moment(174)) == .none)
        #expect(connection.state.timePassed(now: TestConnection.moment(175)) == .close)
    }

    @Test("the application may take as long as it needs for its answer")
    func slowResponse() {
        var connection = TestConnection()
        _ = connection.request()
        #expect(connection.deadline == nil)
        #expect(connection.state.timePassed(now: TestConnection.moment(100_000)) == .none)
        #expect(connection.responded(at: 100_000).summary == "200 keepAlive")
    }

    @Test("a second answer to a request is no answer to anything")
    func secondResponse() {
        var connection = TestConnection()
        _ = connection.request()
        _ = connection.responded()
        #expect(connection.responded() == .none)
    }
}

@Suite struct DateHeaderTests {
    @Test("the date follows the clock, second by second and backwards too")
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
