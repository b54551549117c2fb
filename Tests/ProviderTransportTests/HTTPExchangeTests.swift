import Deliveries
import OutboundHTTP
import ProviderTransport
import Providers
import TestKit
import Testing

@Suite("Calls over a real connection", .offPool)
struct HTTPExchangeTests {
    /// A time-out that no test reaches, so any earlier failure has another cause.
    private static let long: Duration = .seconds(60)

    private static func failure(
        of request: ProviderRequest, timeout: Duration = long, client: OutboundClient = HTTPExchange.client
    ) async -> TransportFailure? {
        do {
            _ = try await HTTPExchange.network(client, timeout: timeout, byteCountLimit: 1024).send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("a request is sent byte for byte, and its whole response is returned")
    func exchange() async throws {
        let provider = try RawReceiver(
            head: "HTTP/1.1 416 X\r\nContent-Length: 4\r\nX-Twice: 1\r\nx-twice: 2\r\n\r\n{\"\u{7f}}", .closed)
        let request = ProviderRequest(
            "POST", provider.url("/a%2Fb?c=d"), headers: [HeaderField("Content-Type", "application/json")],
            body: Array(#"{"a":1.00}"#.utf8))
        let response = try await HTTPExchange.network(timeout: Self.long).send(request)
        #expect(response.status == 416)
        #expect(response.headers.values(named: "X-Twice") == ["1", "2"])
        #expect(response.body == Array("{\"\u{7f}}".utf8))
        let lines = provider.request.split(separator: "\r\n").map { $0.lowercased() }
        #expect(lines.first == "post /a%2fb?c=d http/1.1")
        #expect(lines.contains("content-type: application/json"))
        #expect(lines.contains("content-length: 10"))
        #expect(lines.contains("user-agent: callbox"))
        #expect(provider.request.hasSuffix("\r\n\r\n{\"a\":1.00}"))
    }

    @Test("a redirect is returned as a response, not followed")
    func redirect() async throws {
        let provider = try RawReceiver(
            head: "HTTP/1.1 302 X\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", .closed)
        let response = try await HTTPExchange.network(timeout: Self.long)
            .send(ProviderRequest("GET", provider.url()))
        #expect(response.status == 302)
        withExtendedLifetime(provider) {}
    }

    @Test("a request to a closed port is reported as not sent", arguments: ["127.0.0.1", "localhost"])
    func rejected(host: String) async throws {
        try await RawReceiver.withDeafPort { port in
            let failure = await Self.failure(of: ProviderRequest("POST", "http://\(host):\(port)/"))
            #expect(failure == .notSent(problem: "connection refused"))
        }
    }

    @Test("if the server does not speak TLS, the request is reported as not sent")
    func noTLS() async throws {
        let provider = try RawReceiver(head: "HTTP/1.1 200 OK\r\n\r\n", reads: false, .silent)
        let failure = await Self.failure(of: ProviderRequest("POST", "https://127.0.0.1:\(provider.port)/"))
        #expect(failure == .notSent(problem: "the port does not speak TLS; use an http URL"))
        withExtendedLifetime(provider) {}
    }

    @Test("a URL from a response is not fetched if it points to this machine")
    func foreign() async throws {
        let other = try RawReceiver(head: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .closed)
        for host in ["localhost", "127.0.0.1"] {
            let request = ProviderRequest("GET", "http://\(host):\(other.port)/a.pdf", isForeign: true)
            guard case .notSent(let problem) = await Self.failure(of: request) else {
                Issue.record("the request was sent")
                return
            }
            #expect(problem.contains("an address of this machine"))
        }
        #expect(other.request.isEmpty)
    }

    @Test("if the TLS handshake is not completed, the request is reported as not sent")
    func silentTLS() async throws {
        let provider = try RawReceiver(head: "", .silent)
        let client = OutboundClient(.configured, connectTimeout: .milliseconds(300))
        let failure = await Self.failure(
            of: ProviderRequest("POST", "https://127.0.0.1:\(provider.port)/"), client: client)
        #expect(failure == .notSent(problem: "the connection timed out"))
        withExtendedLifetime(provider) {}
    }

    @Test("if the connection is closed without a response, the request may have arrived")
    func closed() async throws {
        let provider = try RawReceiver(head: "", .closed)
        let failure = await Self.failure(of: ProviderRequest("POST", provider.url()))
        #expect(failure == .noResponse(problem: "the connection was closed without a complete response"))
    }

    @Test(
        "a response that never starts or never ends is a failure",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
    func late(head: String) async throws {
        let provider = try RawReceiver(head: head, .silent)
        let failure = await Self.failure(of: ProviderRequest("POST", provider.url()), timeout: .milliseconds(300))
        #expect(failure == .noResponse(problem: "the response timed out"))
        withExtendedLifetime(provider) {}
    }

    @Test("a response whose length equals the limit is read, and a response with one more byte is not")
    func tooLong() async throws {
        let body = [UInt8](repeating: 0x78, count: 1024)
        let fitting = try RawReceiver(head: "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n", then: body, .closed)
        #expect(await Self.failure(of: ProviderRequest("GET", fitting.url())) == nil)
        let longer = try RawReceiver(head: "HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n", then: body + [0], .closed)
        #expect(await Self.failure(of: ProviderRequest("GET", longer.url())) == .tooLong)
    }

    @Test("headers that HTTP does not allow are neither sent nor quoted in the failure")
    func badHeader() async throws {
        let provider = try RawReceiver(head: "", .closed)
        let request = ProviderRequest("GET", provider.url(), headers: [HeaderField("X", "s3cret\r\nY: z")])
        guard case .notSent(let problem) = await Self.failure(of: request) else {
            Issue.record("the request left")
            return
        }
        #expect(!problem.contains("s3cret"))
    }
}
