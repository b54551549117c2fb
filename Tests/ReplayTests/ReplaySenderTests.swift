import Deliveries
import Replay
import TestKit
import Testing

@Suite("Sending a replay", .offPool)
struct ReplaySenderTests {
    /// No test reaches this time-out, so every failure before it has another cause.
    private static let long: Duration = .seconds(60)

    private static func send(
        _ delivery: ArchivedDelivery, to url: String, timeout: Duration = long
    ) async throws -> ReplayResult {
        await ReplaySender(timeout: timeout).send(try ReplayPlan(delivery, to: url))
    }

    private static func response(_ result: ReplayResult) throws -> ReplayResponse {
        guard case .responded(let response) = result.outcome else {
            Issue.record("no response: \(result.outcome)")
            throw NoResponse()
        }
        return response
    }

    private struct NoResponse: Error {}

    private static func failure(_ result: ReplayResult) -> String? {
        guard case .failed(let reason) = result.outcome else { return nil }
        return reason
    }

    @Test("method, target, headers and body arrive unchanged")
    func asItCame() async throws {
        let body = String(decoding: (0...255).map { UInt8($0 & 0x7f) }, as: UTF8.self)
        let headers: HeaderFields = [
            HeaderField("x-Klavi-Signature", "a"), HeaderField("Accept", "application/json, */*"),
            HeaderField("X-Twice", "1"), HeaderField("Content-Type", "application/json"), HeaderField("x-twice", "2"),
            HeaderField("User-Agent", "axios/1.7.7"), HeaderField("Accept-Encoding", "gzip"),
            HeaderField("Connection", "close"),
            HeaderField("Host", "callbox.example"), HeaderField("Content-Length", "7"),
        ]
        let (result, requests, port) = try await Receiver.with(response: .json(200, "{}")) { receiver in
            let delivery = ArchivedDelivery.fixture(target: "/klavi?q=%C3%A9+1", headers: headers, body: body)
            return (try await Self.send(delivery, to: receiver.url("/hook/%7Ea")), receiver.requests, receiver.port)
        }
        #expect(try Self.response(result).status == 200)
        #expect(result.durationMilliseconds >= 0)
        #expect(requests.count == 1)
        let request = try #require(requests.first)
        #expect(request.method == "POST")
        #expect(request.target.text == "/hook/%7Ea?q=%C3%A9+1")
        #expect(request.body == Array(body.utf8))
        let own = ["host", "content-length", "connection"]
        #expect(
            request.headers.fields.filter { !own.contains($0.name.lowercased()) } == Array(headers.fields.prefix(7)))
        #expect(request.headers.values(named: "Host") == ["127.0.0.1:\(port)"])
        #expect(request.headers.values(named: "Content-Length") == ["256"])
    }

    @Test("a binary body of a megabyte arrives complete")
    func largeBody() async throws {
        var generator = SplitMix64(seed: 7)
        let body = generator.bytes(1 << 20)
        let request = InboundRequest(
            method: "POST", target: RequestTarget("/klavi"), headers: [], body: body, peer: "local",
            receivedAt: .fixture)
        let delivery = ArchivedDelivery(
            id: DeliveryID(rawValue: 1), uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi",
            request: request,
            verification: .verified, secretName: nil, bodySHA256: [])
        let requests = try await Receiver.with(response: .json(200, "{}")) { receiver in
            _ = try Self.response(try await Self.send(delivery, to: receiver.url()))
            return receiver.requests
        }
        #expect(requests.map { $0.body == body } == [true])
    }

    @Test("a GET has no Content-Length, and an empty POST has Content-Length 0")
    func withoutBody() async throws {
        let requests = try await Receiver.with(response: .text(200, "ok")) { receiver in
            for method in ["GET", "POST"] {
                _ = try Self.response(try await Self.send(.fixture(method: method, body: ""), to: receiver.url()))
            }
            return receiver.requests
        }
        #expect(requests.map(\.method) == ["GET", "POST"])
        #expect(requests.map(\.body) == [[], []])
        #expect(requests.map { $0.headers.values(named: "Content-Length") } == [[], ["0"]])
        #expect(requests.allSatisfy { !$0.headers.contains("Transfer-Encoding") })
    }

    @Test("a redirect is a failure and is not followed", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        try await Receiver.with(response: .text(status, "elsewhere", headers: [HeaderField("Location", "/elsewhere")]))
        {
            receiver in
            let response = try Self.response(try await Self.send(.fixture(), to: receiver.url("/hook")))
            #expect(response.status == status)
            #expect(response.location == "/elsewhere")
            #expect(response.text?.start == "elsewhere")
            #expect(receiver.requests.map(\.target.text) == ["/hook"])
        }
    }

    @Test("a response with a status of 400 or above is a failure", arguments: [400, 404, 500, 503])
    func rejections(status: Int) async throws {
        try await Receiver.with(response: .json(status, #"{"error":"x"}"#)) { receiver in
            let response = try Self.response(try await Self.send(.fixture(), to: receiver.url()))
            #expect(response.status == status && !ExpectedStatuses.success.contains(status))
            #expect(receiver.requests.count == 1)
        }
    }

    @Test(
        "the first 64 KiB of a response are kept, and length and SHA-256 are those of the whole body",
        arguments: [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (4096, "d67c656e01756650d77717b0839985a056ec28ffe174601d690fc407a2ceffca"),
            (4097, "a16560d668b843fb3be99ace41dbd18471f342bd3255a1d21204b35e43f74436"),
            (300_000, "3c65ea93424a9c362fec0e3a69ea36031e8a358441479dd665cc6110eabe7b08"),
        ])
    func longResponse(byteCount: Int, sha256: String) async throws {
        let body = (0..<byteCount).map { UInt8($0 % 251) }
        let response = try await Receiver.with(response: Response(status: 200, body: body)) { receiver in
            try Self.response(try await Self.send(.fixture(), to: receiver.url()))
        }
        #expect(response.bodyPrefix == Array(body.prefix(65_536)))
        #expect(response.bodyByteCount == byteCount)
        #expect(Hex.encode(response.bodySHA256) == sha256)
    }

    @Test("a request without a response fails at its time limit")
    func noResponse() async throws {
        try await Receiver.with(response: nil) { receiver in
            let result = try await Self.send(.fixture(), to: receiver.url(), timeout: .milliseconds(300))
            #expect(Self.failure(result) == "the response timed out")
            #expect(result.durationMilliseconds >= 250)
        }
    }

    @Test("a request fails at its time limit if its response never ends")
    func stalledResponse() async throws {
        let receiver = try RawReceiver(head: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun", .silent)
        let result = try await Self.send(.fixture(), to: receiver.url(), timeout: .milliseconds(300))
        #expect(Self.failure(result) == "the response timed out")
        withExtendedLifetime(receiver) {}
    }

    @Test(
        "a refused connection fails at once",
        arguments: ["127.0.0.1", "localhost"])
    func rejectedConnection(host: String) async throws {
        try await RawReceiver.withDeafPort { port in
            let result = try await Self.send(.fixture(), to: "http://\(host):\(port)/")
            #expect(Self.failure(result) == "connection refused")
        }
    }

    @Test("the failure text names an unknown host or a port without TLS as the cause")
    func names() async throws {
        let unknown = try await Self.send(.fixture(), to: "http://callbox.invalid/")
        #expect(Self.failure(unknown) == "the host name is unknown")
        try await Receiver.with(response: .text(200, "ok")) { receiver in
            let url = "https" + receiver.url().dropFirst("http".count)
            let reason = Self.failure(try await Self.send(.fixture(), to: url))
            #expect(reason == "the port does not speak TLS; use an http URL")
        }
    }

    @Test("a connection closed without a response is a failure")
    func closed() async throws {
        let receiver = try RawReceiver(head: "", .closed)
        let result = try await Self.send(.fixture(), to: receiver.url())
        #expect(Self.failure(result) == "the connection was closed without a complete response")
    }

    @Test("a response that is cut off is a failure")
    func cutOff() async throws {
        let receiver = try RawReceiver(head: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun", .closed)
        let result = try await Self.send(.fixture(), to: receiver.url())
        #expect(Self.failure(result)?.isEmpty == false)
    }

    @Test("a response that is not HTTP is a failure, and the failure text does not quote the response")
    func noHTTP() async throws {
        let receiver = try RawReceiver(head: "SSH-2.0-s3cret\r\n\r\n", .closed)
        let reason = try #require(Self.failure(try await Self.send(.fixture(), to: receiver.url())))
        #expect(!reason.isEmpty)
        #expect(!reason.contains("s3cret"))
    }

    @Test("a response above the limit is a failure")
    func tooLong() async throws {
        let receiver = try RawReceiver(
            head: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", then: [UInt8](repeating: 0x78, count: 1 << 20),
            times: 65,
            .closed)
        let result = try await Self.send(.fixture(), to: receiver.url())
        #expect(Self.failure(result) == "the response is longer than 64 MiB")
    }

    @Test("a header that HTTP does not allow is a failure, and the failure text does not quote the header")
    func impossibleHeaders() async throws {
        try await Receiver.with(response: .text(200, "ok")) { receiver in
            let headers: HeaderFields = [HeaderField("X-Bad", "s3cret\r\nX-Injected: 1")]
            let reason = try #require(Self.failure(try await Self.send(.fixture(headers: headers), to: receiver.url())))
            #expect(!reason.isEmpty)
            #expect(!reason.contains("s3cret"))
            #expect(receiver.requests.isEmpty)
        }
    }
}
