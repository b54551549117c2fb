import Deliveries
import NIOHTTP1
import Testing

@testable import HTTPListener

@Suite struct EarlyResponseTests {
    private static let reject: @Sendable (InboundHead) -> Admission = { _ in .reject(.text(404, "no")) }

    @Test("a rejected request without a body keeps the connection usable")
    func withoutBody() {
        var connection = TestConnection()
        for head in [HTTPRequestHead.fixture(.GET), .fixture(announcing: 0), .fixture()] {
            #expect(connection.head(head, admit: Self.reject).summary == "404 keepAlive")
            #expect(connection.end() == .none)
        }
        #expect(connection.request(body: "x").summary == "hand over x")
    }

    @Test(
        "if a request with a body is rejected, the client has time to read the response, and the connection ends",
        arguments: [
            ("Content-Length", "1"), ("Transfer-Encoding", "chunked"), ("Content-Length", "18446744073709551615"),
        ])
    func withBody(name: String, value: String) {
        var connection = TestConnection()
        #expect(
            connection.head(.fixture(.POST, "/x", headers: [(name, value)]), at: 5, admit: Self.reject).summary
                == "404 close")
        #expect(connection.body("the rest of the body", at: 6) == .none)
        #expect(connection.end() == .none)
        #expect(connection.written(at: 5) == .closeOutput)
        #expect(connection.deadline == 7)
        #expect(connection.state.timePassed(now: TestConnection.moment(7)) == .close)
    }

    @Test("an early response to HEAD has no body")
    func head() {
        var connection = TestConnection()
        #expect(connection.head(.fixture(.HEAD), admit: Self.reject).summary == "~404 keepAlive")
    }

    @Test(
        "a body whose announced length exceeds the limit, or even 63 bits, is rejected before it arrives",
        arguments: ["101", "4294967296", "9999999999999999999", "18446744073709551615"])
    func announced(byteCount: String) {
        var connection = TestConnection()
        #expect(
            connection.head(.fixture(.POST, "/x", headers: [("Content-Length", byteCount)])).summary == "413 close")
    }

    @Test("a body whose length equals the limit is read")
    func atTheLimit() {
        var connection = TestConnection()
        let text = String(repeating: "a", count: 100)
        #expect(connection.request(.fixture(announcing: 100), body: text).summary == "hand over \(text)")
    }

    @Test("a body of unknown length is rejected when it exceeds the limit")
    func tooLongByBytes() {
        var connection = TestConnection()
        #expect(connection.head(.fixture(.POST, "/x", headers: [("Transfer-Encoding", "chunked")])) == .none)
        #expect(connection.body(String(repeating: "a", count: 100)) == .none)
        #expect(connection.budget.usedByteCount == 100)
        #expect(connection.body("a", at: 9).summary == "413 close")
        #expect(connection.budget.usedByteCount == 0)
        #expect(connection.body("a", at: 9) == .none)
        #expect(connection.deadline == 39)
        #expect(connection.written(at: 9) == .closeOutput)
        #expect(connection.deadline == 11)
    }

    @Test("the response to a body that is too long contains the limit")
    func limitInResponse() {
        var connection = TestConnection()
        guard case .response(let response, _, _) = connection.head(.fixture(announcing: 101)) else {
            Issue.record("there was no response")
            return
        }
        #expect(String(decoding: response.body, as: UTF8.self) == #"{"error":"the body is larger than 100 bytes"}"#)
    }

    @Test("a client that expects 100 Continue gets this response only if its body is read")
    func expectation() {
        var connection = TestConnection()
        #expect(connection.head(.fixture(announcing: 3, headers: [("Expect", "100-continue")])) == .sendContinue)
        #expect(connection.body("abc") == .none)
        #expect(connection.end().summary == "hand over abc")
        #expect(connection.responded().summary == "200 keepAlive")
        #expect(
            connection.head(.fixture(announcing: 101, headers: [("Expect", "100-continue")])).summary == "413 close")
    }

    @Test("a client that has too many connections gets 503 before it sends any bytes")
    func overCount() {
        var connection = TestConnection()
        #expect(connection.state.rejectedForCount(now: TestConnection.moment(0)).summary == "503 close")
        #expect(connection.written() == .closeOutput)
        #expect(connection.deadline == 2)
        #expect(connection.head() == .none)
        #expect(connection.state.timePassed(now: TestConnection.moment(2)) == .close)
    }

    @Test("a response that asks for a retry has the header Retry-After")
    func retryAfter() {
        var connection = TestConnection()
        guard
            case .response(let response, _, _) = connection.state.rejectedForCount(
                now: TestConnection.moment(0))
        else {
            Issue.record("there was no response")
            return
        }
        #expect(HeaderFields(response.headers).onlyValue(named: "Retry-After") == "1")
    }
}
