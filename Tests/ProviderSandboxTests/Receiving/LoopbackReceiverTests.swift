import ProviderSandbox
import TestKit
import Testing

@Suite("Loopback receiver")
struct LoopbackReceiverTests {
    @Test("the head is what came on the wire, blanks, case and strange bytes included")
    func rawHead() async throws {
        let head = Array("\r\nPOST /x HTTP/1.1\r\nhOST:h\r\nX-Blank:   a  \r\nX-Latin: ".utf8) + [0xe9]
        let (response, requests, _) = try await whileReceiving { receiver, _ in
            try await blocking {
                let client = try LoopbackHTTP(port: receiver.port)
                try client.sendBytes(head + Array("\r\nContent-Length: 2\r\n\r\nok".utf8))
                return try client.readResponse()
            }
        }
        #expect(response.status == 200)
        let latin = Array("X-Latin: ".utf8) + [0xe9]
        let lines = ["POST /x HTTP/1.1", "hOST:h", "X-Blank:   a  "].map { Array($0.utf8) }
        #expect(requests.first?.headLines == lines + [latin, Array("Content-Length: 2".utf8)])
        #expect(requests.first?.body == Array("ok".utf8))
    }

    @Test("a chunked body is put together")
    func chunked() async throws {
        let (_, requests, _) = try await whileReceiving { receiver, _ in
            try await blocking {
                let client = try LoopbackHTTP(port: receiver.port)
                try client.sendBytes(
                    Array(
                        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                            .utf8))
                return try client.readResponse()
            }
        }
        #expect(requests.first?.body == Array("abcde".utf8))
    }

    @Test("a client that asks first is told to go on")
    func expectContinue() async throws {
        let (heads, requests, _) = try await whileReceiving { receiver, _ in
            try await blocking {
                let client = try LoopbackHTTP(port: receiver.port)
                try client.sendBytes(
                    Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n".utf8))
                let word = try client.readResponse()
                try client.sendBytes([0x61])
                return [word.status, try client.readResponse().status]
            }
        }
        #expect(heads == [100, 200])
        #expect(requests.first?.body == [0x61])
    }

    @Test("a body as large as the limit is taken, one byte more is 413, announced or not")
    func bodyLimit() async throws {
        var limits = ReceiverLimits()
        limits.bodyByteCount = 5
        let (statuses, requests, refusals) = try await whileReceiving(limits: limits) { receiver, _ in
            try await blocking {
                let whole = try LoopbackHTTP(port: receiver.port).post("/", body: Array("12345".utf8))
                let announced = try LoopbackHTTP(port: receiver.port).post("/", body: Array("123456".utf8))
                let client = try LoopbackHTTP(port: receiver.port)
                try client.sendBytes(
                    Array(
                        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n".utf8)
                )
                return [whole.status, announced.status, try client.readResponse().status]
            }
        }
        #expect(statuses == [200, 413, 413])
        #expect(requests.map(\.body) == [Array("12345".utf8)])
        #expect(refusals == [.bodyTooLarge, .bodyTooLarge])
    }

    @Test("a head over the limit is 431")
    func headLimit() async throws {
        var limits = ReceiverLimits()
        limits.headByteCount = 100
        let (statuses, requests, refusals) = try await whileReceiving(limits: limits) { receiver, _ in
            try await blocking {
                let small = try LoopbackHTTP(port: receiver.port).get("/")
                let large = try LoopbackHTTP(port: receiver.port).get("/" + String(repeating: "x", count: 100))
                return [small.status, large.status]
            }
        }
        #expect(statuses == [200, 431])
        #expect(requests.count == 1)
        #expect(refusals == [.headTooLarge])
    }

    @Test("what is not HTTP is 400")
    func notHTTP() async throws {
        let (response, requests, refusals) = try await whileReceiving { receiver, _ in
            try await blocking {
                let client = try LoopbackHTTP(port: receiver.port)
                try client.sendBytes(Array("\u{1b}]0;evil\u{7}\r\n\r\n".utf8))
                return try client.readResponse()
            }
        }
        #expect(response.status == 400)
        #expect(requests.isEmpty)
        #expect(refusals == [.notHTTP])
    }

    @Test("what follows the one request of a connection does not take its answer away")
    func garbageAfterwards() async throws {
        let (response, requests, refusals) = try await whileReceiving { receiver, _ in
            try await blocking {
                let client = try LoopbackHTTP(port: receiver.port)
                try client.sendBytes(Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok{}\r\n\r\n".utf8))
                return try client.readResponse()
            }
        }
        #expect(response.status == 200)
        #expect(requests.map(\.body) == [Array("ok".utf8)])
        #expect(refusals.isEmpty)
    }

    @Test("a client that breaks off is told from one that does not speak HTTP")
    func brokenOff() async throws {
        let receiver = try await LoopbackReceiver.listen(port: 0)
        try await blocking {
            // Closed when the client is let go.
            let client = try LoopbackHTTP(port: receiver.port)
            try client.sendBytes(Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123".utf8))
        }
        var arrivals = receiver.arrivals.makeAsyncIterator()
        guard case .refusal(.brokenOff)? = await arrivals.next() else {
            Issue.record("it was not noticed that the client broke off")
            return
        }
        await receiver.stop()
    }

    @Test("a request that does not arrive in time is given up")
    func tooSlow() async throws {
        var limits = ReceiverLimits()
        limits.requestTime = .milliseconds(20)
        let (_, requests, refusals) = try await whileReceiving(limits: limits) { receiver, _ in
            try await blocking {
                let client = try LoopbackHTTP(port: receiver.port)
                #expect(throws: LoopbackHTTP.Broken.self) {
                    try client.sendBytes(Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123".utf8))
                    _ = try client.readResponse()
                }
            }
        }
        #expect(requests.isEmpty)
        #expect(refusals == [.tooSlow])
    }

    @Test("more connections than the limit are closed")
    func connectionLimit() async throws {
        var limits = ReceiverLimits()
        limits.connectionCount = 1
        let (response, requests, refusals) = try await whileReceiving(limits: limits) { receiver, _ in
            try await blocking {
                let first = try LoopbackHTTP(port: receiver.port)
                try first.sendBytes(
                    Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n".utf8))
                // Told to go on, so it is one of the open connections now.
                #expect(try first.readResponse().status == 100)
                let second = try LoopbackHTTP(port: receiver.port)
                #expect(throws: LoopbackHTTP.Broken.self) { try second.readResponse() }
                try first.sendBytes(Array("ok".utf8))
                return try first.readResponse()
            }
        }
        #expect(response.status == 200)
        #expect(requests.count == 1)
        #expect(refusals == [.tooManyConnections])
    }

    @Test("a HEAD request gets no body")
    func head() async throws {
        let (answer, requests, _) = try await whileReceiving { receiver, base in
            try await ExactSender(host: "127.0.0.1", port: receiver.port)
                .send(SampleRequest(method: "HEAD", target: "/", headers: [], body: []).addressed(to: base))
        }
        #expect(answer == ReceivedAnswer(status: 200, body: []))
        #expect(requests.count == 1)
    }

    @Test("a port that is taken is refused")
    func takenPort() async throws {
        let receiver = try await LoopbackReceiver.listen(port: 0)
        await #expect(throws: SandboxFailure.cannotListen(port: receiver.port, problem: "address already in use")) {
            try await LoopbackReceiver.listen(port: receiver.port)
        }
        await receiver.stop()
    }
}
