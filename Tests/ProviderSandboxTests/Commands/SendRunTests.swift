import TestKit
import Testing

@testable import ProviderSandbox

@Suite("send")
struct SendRunTests {
    private func run(
        _ names: [String], to base: BaseAddress, mode: ProofMode = .fresh, answerTimeLimit: Duration = .seconds(10)
    ) -> SendRun {
        SendRun(
            base: base, samples: Checkout.samples, secrets: Checkout.secrets, names: names, mode: mode,
            answerTimeLimit: answerTimeLimit, secondsSinceEpoch: { 1_800_000_000 })
    }

    @Test("each case gets one aligned line, and the last line sums up")
    func lines() async throws {
        let collected = CollectedConsole()
        let (status, requests) = try await whileReceiving { _, base in
            try await run(["klavi/consent-events", "certn/centric-challenge"], to: base).run(on: collected.console)
        }
        #expect(status == .success)
        #expect(requests.count == 2)
        #expect(
            collected.output.dropLast() == [
                #"klavi/consent-events     POST /klavi  1684 B  200  {"received":1}"#,
                #"certn/centric-challenge  GET /certn   0 B     200  {"received":2}"#,
            ])
        let summary = try #require(collected.output.last)
        #expect(summary.hasPrefix("2 cases sent to http://127.0.0.1:"))
        #expect(summary.hasSuffix(": 2 answered as expected"))
        #expect(collected.warnings.isEmpty)
    }

    @Test("what arrives is signed now")
    func signedNow() async throws {
        let (_, requests) = try await whileReceiving { _, base in
            try await run(["klavi/consent-events", "certn/legacy-invite-returned"], to: base)
                .run(on: CollectedConsole().console)
        }
        #expect(requests.first?.lines.contains("X-Klavi-Timestamp: 1800000000") == true)
        let body = try #require(requests.last?.body)
        let signature = CertnLegacySignature.value(
            body: body, secret: Array("certn-test-secret".utf8), secondsSinceEpoch: 1_800_000_000)
        #expect(requests.last?.lines.contains("Certn-Signature: \(signature)") == true)
    }

    @Test("another status is a clear line and exit status 1")
    func mismatch() async throws {
        let collected = CollectedConsole()
        let (status, _) = try await whileReceiving(status: 500) { _, base in
            try await run(["klavi/consent-events", "ezid/redirect-to-app"], to: base).run(on: collected.console)
        }
        #expect(status == .unexpected)
        #expect(collected.output.contains("MISMATCH: klavi/consent-events should be answered 200, not 500"))
        #expect(collected.output.contains("MISMATCH: ezid/redirect-to-app should be answered 303, not 500"))
        #expect(collected.output.last?.hasSuffix(": 0 answered as expected, 2 not") == true)
    }

    @Test("wrong signatures are expected to be refused, whatever is unsigned is not")
    func wrongSignature() async throws {
        for (status, names) in [
            (401, ["klavi/consent-events", "certificall/bearer-certificate"]), (200, ["ezid/redirect-unspecified"]),
        ] {
            let (result, _) = try await whileReceiving(status: status) { _, base in
                try await run(names, to: base, mode: .wrong).run(on: CollectedConsole().console)
            }
            #expect(result == .success)
        }
        let (result, _) = try await whileReceiving(status: 200) { _, base in
            try await run(["klavi/consent-events"], to: base, mode: .wrong).run(on: CollectedConsole().console)
        }
        #expect(result == .unexpected)
    }

    @Test("a query does not reach the terminal")
    func queryIsHidden() async throws {
        let collected = CollectedConsole()
        _ = try await whileReceiving { _, base in
            try await run(["ezid/redirect-unspecified"], to: base).run(on: collected.console)
        }
        #expect(collected.output.first?.contains("GET /ezid/auth ") == true)
        #expect(collected.output.allSatisfy { !$0.contains("code=") })
    }

    @Test("no answer is a mismatch, and the next case is sent")
    func unanswered() async throws {
        let receiver = try await LoopbackReceiver.listen(port: 0)
        let base = try #require(BaseAddress("http://127.0.0.1:\(receiver.port)"))
        let collected = CollectedConsole()
        let names = ["certn/centric-challenge", "certn/centric-challenge"]
        let status = try await run(names, to: base, answerTimeLimit: .milliseconds(30)).run(on: collected.console)
        await receiver.stop()
        #expect(status == .unexpected)
        #expect(
            collected.output.first
                == "certn/centric-challenge  GET /certn  0 B  ---  no answer: none within 0.03 seconds")
        #expect(collected.output.last?.hasSuffix(": 0 answered as expected, 2 not") == true)
    }

    @Test("a receiver that cannot be reached ends the run")
    func unreachable() async throws {
        let base = try #require(BaseAddress("http://127.0.0.1:\(try await closedPort())"))
        await #expect(throws: SandboxFailure.unreachable(address: base.description, problem: "connection refused")) {
            try await run([], to: base).run(on: CollectedConsole().console)
        }
    }

    @Test("with a secret missing nothing is sent")
    func missingSecret() async throws {
        let folder = try TemporaryFolder()
        let (_, requests) = try await whileReceiving { _, base in
            let run = SendRun(
                base: base, samples: Checkout.samples, secrets: SecretFolder(path: folder.path),
                names: ["certn/centric-challenge", "klavi/consent-events"], secondsSinceEpoch: { 0 })
            await #expect(throws: SandboxFailure.missingFile(path: folder.path + "/klavi")) {
                try await run.run(on: CollectedConsole().console)
            }
        }
        #expect(requests.isEmpty)
    }
}
