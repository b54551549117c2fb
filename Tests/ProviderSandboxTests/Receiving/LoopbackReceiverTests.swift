import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Loopback receiver")
struct LoopbackReceiverTests {
    @Test("the head is what came on the wire, blanks, case and strange bytes included")
    func rawHead() async throws {
        let head = Array("\r\nPOST /x HTTP/1.1\r\nhOST:h\r\nX-Blank:   a  \r\nX-Latin: ".utf8) + [0xe9]
        let (response, requests) = try await whileReceiving { receiver, _ in
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
        let (_, requests) = try await whileReceiving { receiver, _ in
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
        let (heads, requests) = try await whileReceiving { receiver, _ in
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

    @Test("what follows the one request of a connection does not take its answer away")
    func garbageAfterwards() async throws {
        let (response, requests) = try await whileReceiving { receiver, _ in
            try await blocking {
                let client = try LoopbackHTTP(port: receiver.port)
                try client.sendBytes(Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok{}\r\n\r\n".utf8))
                return try client.readResponse()
            }
        }
        #expect(response.status == 200)
        #expect(requests.map(\.body) == [Array("ok".utf8)])
    }

    @Test("a HEAD request gets no body")
    func head() async throws {
        let (answer, requests) = try await whileReceiving { receiver, base in
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
