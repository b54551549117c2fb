import Deliveries
import HTTPListener
import TestKit
import Testing

@Suite(.offPool) struct RequestTests {
    @Test("a large body arrives byte for byte")
    func largeBody() async throws {
        var generator = SplitMix64(seed: 3)
        let bytes = generator.bytes(1 << 20)
        try await TestServer.talking { client in
            try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: \(bytes.count)\r\n\r\n")
            try await client.send(bytes: bytes)
            let response = try await client.response()
            #expect(response.body == Array("POST /x\n".utf8) + bytes)
        }
    }

    @Test("a chunked body is assembled without its extensions and trailers")
    func chunked() async throws {
        try await TestServer.talking { client in
            try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            try await client.send("5\r\nab\r\nc\r\n1;name=value\r\nd\r\n00A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n")
            let response = try await client.response()
            #expect(response.text == "POST /x\nab\r\ncd0123456789")
        }
    }

    @Test("header lines arrive in order and with their spelling, including repeats")
    func headers() async throws {
        let application = TestServer.application(respond: { request, respond in
            respond(.text(200, request.headers.fields.map { "\($0.name)=\($0.value)" }.joined(separator: "|")))
        })
        try await TestServer.talking(application) { client in
            try await client.send("GET / HTTP/1.1\r\nx-A: 1\r\nHost: h\r\nX-a:2  \r\nB:\r\nX-A: \u{e9}, 3\r\n\r\n")
            let response = try await client.response()
            #expect(response.text == "x-A=1|Host=h|X-a=2|B=|X-A=\u{e9}, 3")
        }
    }

    @Test("a request may arrive one byte at a time")
    func singleBytes() async throws {
        try await TestServer.talking { client in
            for byte in "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcdGET /y HTTP/1.0\r\n\r\n".utf8 {
                try await client.send(bytes: [byte])
            }
            let first = try await client.response()
            let second = try await client.response()
            #expect(first.text == "POST /x\nabcd")
            #expect(second.text == "GET /y\n")
        }
    }

    @Test("a request contains the peer's address and the time at which it was complete")
    func peer() async throws {
        let application = TestServer.application(respond: { request, respond in
            respond(.text(200, "\(request.peer) \(request.receivedAt.millisecondsSinceEpoch)"))
        })
        try await TestServer.talking(application) { client in
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.response()
            #expect(response.text == "127.0.0.1 \(Timestamp.fixture.millisecondsSinceEpoch)")
        }
    }

    @Test("a response contains the application's headers in order, the length and the date")
    func responseHeaders() async throws {
        let application = TestServer.application(respond: { _, respond in
            respond(Response(status: 303, headers: [HeaderField("X-B", "1"), HeaderField("X-A", "2")], body: [0x21]))
        })
        try await TestServer.talking(application) { client in
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 303)
            #expect(response.headers.map(\.name) == ["x-b", "x-a", "content-length", "date", "callbox-request"])
            #expect(response.headers.map(\.value).dropLast() == ["1", "2", "1", "Mon, 02 Nov 2026 10:00:00 GMT"])
            #expect(response.text == "!")
        }
    }

    @Test("each request has an ID that the application sees and the response contains")
    func requestID() async throws {
        let application = TestServer.application(respond: { request, respond in
            respond(.text(200, request.id.description))
        })
        try await TestServer.talking(application) { client in
            var ids: Set<String> = []
            for _ in 0..<3 {
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try await client.response()
                #expect(response.header("callbox-request") == response.text)
                ids.insert(response.text)
            }
            #expect(ids.count == 3)
        }
    }

    @Test("the response to HEAD announces a body but does not contain it")
    func headMethod() async throws {
        try await TestServer.talking { client in
            try await client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n")
            let first = try await client.response(hasBody: false)
            #expect(first.header("content-length") == "8")
            try await client.send("GET /y HTTP/1.1\r\nHost: a\r\n\r\n")
            let second = try await client.response()
            #expect(second.text == "GET /y\n")
        }
    }

    @Test("any thread may respond")
    func otherThread() async throws {
        let held = HeldRequests()
        try await TestServer.talking(held.application) { client in
            for number in 1...3 {
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
                let respond = try #require(await held.next())
                await withTaskGroup { group in
                    group.addTask { respond(.text(200, "response \(number)")) }
                }
                let response = try await client.response()
                #expect(response.text == "response \(number)")
            }
        }
    }
}
