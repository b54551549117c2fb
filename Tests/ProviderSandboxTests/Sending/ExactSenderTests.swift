import Testing

@testable import ProviderSandbox

@Suite("Sending exactly")
struct ExactSenderTests {
    @Test("every sample arrives with its head line for line and its body byte for byte")
    func samplesArriveExactly() async throws {
        let cases = try Checkout.samples.cases(named: [])
        let (sent, received) = try await whileReceiving { receiver, base in
            var sent: [SampleRequest] = []
            for sample in cases {
                let request = sample.request.addressed(to: base)
                let answer = try await ExactSender(host: "127.0.0.1", port: receiver.port).send(request)
                #expect(answer.status == 200)
                sent.append(request)
            }
            return sent
        }
        #expect(received.count == cases.count)
        for (request, arrival) in zip(sent, received) {
            let lines =
                ["\(request.method) \(request.target) HTTP/1.1"] + request.headers.map { "\($0.name): \($0.value)" }
            #expect(arrival.lines == lines)
            #expect(arrival.body == request.body)
        }
    }

    @Test("repeated headers, their order and any bytes of a body arrive as they are")
    func unusualRequest() async throws {
        let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let (request, received) = try await whileReceiving { receiver, base in
            let request = SampleRequest(
                method: "PROPFIND", target: "/a//b/../c?d=%zz&e",
                headers: [
                    HeaderLine("X-B", "2"), HeaderLine("x-a", "1"), HeaderLine("X-B", "3"), HeaderLine("N", "João"),
                ],
                body: body
            ).addressed(to: base)
            _ = try await ExactSender(host: "127.0.0.1", port: receiver.port).send(request)
            return request
        }
        #expect(received.first?.lines.first == "PROPFIND /a//b/../c?d=%zz&e HTTP/1.1")
        #expect(received.first?.lines.dropFirst().map { $0 } == request.headers.map { "\($0.name): \($0.value)" })
        #expect(received.first?.body == body)
    }

    @Test("a redirect is an answer like another", arguments: [204, 303, 401, 503])
    func statuses(status: Int) async throws {
        let (answer, received) = try await whileReceiving(status: status) { receiver, base in
            try await ExactSender(host: "127.0.0.1", port: receiver.port)
                .send(SampleRequest(method: "GET", target: "/", headers: [], body: []).addressed(to: base))
        }
        #expect(answer.status == status)
        #expect(answer.body == (status == 204 ? [] : Array("{\"received\":1}\n".utf8)))
        #expect(received.count == 1)
    }

    @Test("nobody listening is unreachable")
    func unreachable() async throws {
        let sender = ExactSender(host: "127.0.0.1", port: try await closedPort())
        await #expect(throws: SendFailure.unreachable(problem: "connection refused")) {
            try await sender.send(SampleRequest(method: "GET", target: "/", headers: [], body: []))
        }
    }

    @Test("a receiver that keeps silent is given up after the time limit")
    func silence() async throws {
        let receiver = try await LoopbackReceiver.listen(port: 0)
        let sender = ExactSender(host: "127.0.0.1", port: receiver.port, answerTimeLimit: .milliseconds(50))
        await #expect(throws: SendFailure.unanswered(problem: "none within 0.05 seconds")) {
            try await sender.send(SampleRequest(method: "GET", target: "/", headers: [], body: []))
        }
        await receiver.stop()
    }

    @Test("a receiver that closes without an answer is told from one that answers")
    func closedEarly() async throws {
        let receiver = try await LoopbackReceiver.listen(port: 0)
        async let stopped: Void = stopAtFirstArrival(receiver)
        let sender = ExactSender(host: "127.0.0.1", port: receiver.port)
        await #expect(throws: SendFailure.self) {
            try await sender.send(
                SampleRequest(method: "GET", target: "/", headers: [HeaderLine("Host", "h")], body: []))
        }
        await stopped
    }

    private func stopAtFirstArrival(_ receiver: LoopbackReceiver) async {
        for await _ in receiver.arrivals { break }
        await receiver.stop()
    }
}
