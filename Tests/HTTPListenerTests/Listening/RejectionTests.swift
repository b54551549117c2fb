import Deliveries
import HTTPListener
import TestKit
import Testing

@Suite(.offPool) struct RejectionTests {
    private static let small = TestServer.application(admit: { _ in .reading(upTo: 1000) })

    @Test("a client that keeps sending can read the response to a body whose announced length is too long")
    func announcedTooLarge() async throws {
        try await TestServer.talking(Self.small) { client in
            try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
            let piece = [UInt8](repeating: 0x61, count: 64 * 1024)
            for _ in 0..<16 { try await client.send(bytes: piece) }
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.header("connection") == "close")
            for _ in 0..<16 { try await client.send(bytes: piece) }
            let rest = try await client.rest()
            #expect(rest == "")
        }
    }

    /// Requests that are not HTTP/1.1, or that different servers interpret differently.
    static let malformed = [
        "garbage\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / RTSP/1.0\r\nHost: a\r\n\r\n",
        "SOURCE / ICE/1.0\r\nHost: a\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:99999x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX\u{0}: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}",
    ]

    @Test("a malformed request gets 400, and the connection ends", arguments: malformed)
    func malformedRequest(text: String) async throws {
        try await TestServer.talking { client in
            try await client.send(text)
            client.finishSending()
            let response = try await client.response()
            #expect(response.status == 400)
            let rest = try await client.rest()
            #expect(rest == "")
        }
    }

    @Test("garbage after a request is rejected after the response to that request")
    func garbageBehindRequest() async throws {
        let held = HeldRequests()
        try await TestServer.talking(held.application) { client in
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\u{1}\u{2}\r\n\r\n")
            let respond = try #require(await held.next())
            respond(.text(200, "stored"))
            let first = try await client.response()
            #expect(first.text == "stored")
            let second = try await client.response()
            #expect(second.status == 400)
            let rest = try await client.rest()
            #expect(rest == "")
        }
    }

    @Test("header lines beyond the limits get 431")
    func headerLimits() async throws {
        for headers in [
            "X: " + String(repeating: "a", count: 17 * 1024),
            String(repeating: "a", count: 17 * 1024) + ": x",
            (0..<8).map { "X-\($0): " + String(repeating: "a", count: 10 * 1024) }.joined(separator: "\r\n"),
            (0..<101).map { "X-\($0): a" }.joined(separator: "\r\n"),
        ] {
            try await TestServer.talking { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n\r\n")
                let response = try await client.response()
                #expect(response.status == 431)
                let rest = try await client.rest()
                #expect(rest == "")
            }
        }
    }

    @Test("header lines up to the limits are read")
    func withinHeaderLimits() async throws {
        try await TestServer.talking { client in
            let long = "X: " + String(repeating: "a", count: 15 * 1024)
            let many = (0..<98).map { "X-\($0): a" }.joined(separator: "\r\n")
            try await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\(long)\r\n\(many)\r\n\r\n")
            let response = try await client.response()
            #expect(response.text == "GET /x\n")
        }
    }

    @Test("the listener notifies the application of each request that the listener rejects")
    func events() async throws {
        let (events, seen) = AsyncStream.makeStream(of: ListenerEvent.self)
        let application = TestServer.application(
            admit: { $0.target.path == "/gone" ? .reject(.json(404, "{}")) : .reading(upTo: 1) },
            observe: { seen.yield($0) })
        try await TestServer.talking(application) { client in
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            let response = try await client.response()
            #expect(response.status == 200)
            try await client.send("nonsense\r\n\r\n")
            let rest = try await client.rest()
            #expect(rest.hasPrefix("HTTP/1.1 400 "))
        }
        try await TestServer.talking(application) { client in
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy")
            let response = try await client.response()
            #expect(response.status == 413)
        }
        for text in ["GET /a?b HTTP/1.1\r\n\r\n", "GET /gone HTTP/1.1\r\nHost: a\r\n\r\n"] {
            try await TestServer.talking(application) { client in
                try await client.send(text)
                _ = try await client.response()
            }
        }
        try await TestServer.talking(application) { client in
            try await client.send("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000))
            let response = try await client.response()
            #expect(response.status == 431)
        }
        seen.finish()
        let all = await events.reduce(into: []) { $0.append($1) }
        #expect(
            all == [
                .malformedRequest(.otherProtocol, peer: "127.0.0.1"),
                .rejected(status: 413, peer: "127.0.0.1", target: RequestTarget("/")),
                .rejected(status: 400, peer: "127.0.0.1", target: RequestTarget("/a?b")),
                .rejected(status: 431, peer: "127.0.0.1"),
            ])
    }
}
