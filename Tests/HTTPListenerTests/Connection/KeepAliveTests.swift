import Deliveries
import NIOHTTP1
import Testing

@testable import HTTPListener

@Suite struct KeepAliveTests {
    /// The version and the `Connection` headers of a request, and the state of the connection after the response.
    static let cases: [(version: HTTPVersion, headers: [(String, String)], expected: String)] = [
        (.http1_1, [], "keepAlive"),
        (.http1_1, [("Connection", "keep-alive")], "keepAlive"),
        (.http1_1, [("Connection", "close")], "close"),
        (.http1_1, [("connection", "CLOSE")], "close"),
        (.http1_1, [("Connection", "foo, close")], "close"),
        (.http1_0, [], "close"),
        (.http1_0, [("Connection", "keep-alive")], "keepAliveOf10"),
        (
            .http1_1, [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk")],
            "close"
        ),
    ]

    @Test("a connection is kept if the client requests this and the parser can continue", arguments: cases)
    func afterResponse(version: HTTPVersion, headers: [(String, String)], expected: String) {
        var connection = TestConnection()
        _ = connection.request(.fixture(version: version, headers: headers))
        #expect(connection.responded().summary == "200 \(expected)")
        #expect(connection.deadline == (expected == "close" ? 30 : 75))
    }

    @Test("keep-alive follows the same rules for a rejected request as for an accepted request", arguments: cases)
    func afterRejection(version: HTTPVersion, headers: [(String, String)], expected: String) {
        var connection = TestConnection()
        let action = connection.head(.fixture(.GET, version: version, headers: headers)) { _ in
            .reject(.text(404, "no"))
        }
        #expect(action.summary == "404 \(expected)")
    }

    @Test("the response to the last permitted request closes the connection")
    func requestsPerConnection() {
        var connection = TestConnection(.with { $0.requestsPerConnection = 3 })
        _ = connection.request()
        #expect(connection.responded().summary == "200 keepAlive")
        #expect(connection.head(.fixture(.GET)) { _ in .reject(.text(404, "no")) }.summary == "404 keepAlive")
        _ = connection.request()
        #expect(connection.responded().summary == "200 close")
        #expect(connection.counters[.requestsPerConnection] == 1)
    }

    @Test("a CONNECT request is the last request of its connection")
    func connectMethod() {
        var connection = TestConnection()
        _ = connection.request(.fixture(.CONNECT, "a:443"))
        #expect(connection.responded().summary == "200 close")
    }

    @Test("a response to HEAD has no body")
    func headMethod() {
        var connection = TestConnection()
        _ = connection.request(.fixture(.HEAD))
        #expect(connection.responded().summary == "~200 keepAlive")
    }

    @Test("the response is the last response if the client has stopped sending or sent invalid bytes after its request")
    func endedInput() {
        var halfClosed = TestConnection()
        _ = halfClosed.request()
        #expect(halfClosed.state.inputClosed() == .none)
        #expect(halfClosed.responded().summary == "200 close")

        var confused = TestConnection()
        _ = confused.request()
        #expect(confused.state.malformedInput(.syntax, now: TestConnection.moment(0)) == .none)
        #expect(confused.responded().summary == "200 close")
    }

    @Test("a request in progress when the server stops is completed, and then its connection is closed")
    func draining() {
        var connection = TestConnection()
        _ = connection.request(body: "abc")
        #expect(connection.state.drain(now: TestConnection.moment(0)) == .none)
        #expect(connection.responded().summary == "200 close")
        #expect(connection.budget.usedByteCount == 0)
    }
}
