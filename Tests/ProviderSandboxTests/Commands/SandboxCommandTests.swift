import TestKit
import Testing

@testable import ProviderSandbox

@Suite("callbox-sandbox")
struct SandboxCommandTests {
    private func run(_ arguments: String...) async -> (status: Int32, output: [String], warnings: [String]) {
        let collected = CollectedConsole()
        let status = await SandboxCommand.run(arguments, on: collected.console)
        return (status, collected.output, collected.warnings)
    }

    @Test("the version is one line")
    func version() async {
        let result = await run("--version")
        #expect(result.status == 0)
        #expect(result.output == ["0.1.0"])
    }

    @Test(
        "help has examples, and that of the program the exit statuses",
        arguments: [
            (["send", "--help"], "callbox-sandbox send --to http://127.0.0.1:8787"),
            (["help", "send"], "callbox-sandbox send klavi/consent-events"),
            (["receive", "--help"], "callbox-sandbox receive --count 1 --out body.json --timeout 30"),
            (["--help"], "64  the command line cannot be understood"), ([], "receive"),
        ])
    func help(arguments: [String], text: String) async {
        let collected = CollectedConsole()
        #expect(await SandboxCommand.run(arguments, on: collected.console) == 0)
        #expect(collected.output.joined().contains(text))
        #expect(collected.warnings.isEmpty)
    }

    @Test(
        "a command line that makes no sense is 64",
        arguments: [
            ["send"], ["send", "--to", "https://h"], ["send", "--to", "h:1"],
            ["sned"],
            ["receive", "--port", "65536"], ["receive", "--port", "-1"], ["receive", "--count", "0"],
            ["receive", "--status", "199"], ["receive", "--status", "600"], ["receive", "--timeout", "0"],
            ["receive", "--timeout", "nan"], ["receive", "--timeout", "1e300"], ["receive", "extra"],
        ])
    func usage(arguments: [String]) async {
        let collected = CollectedConsole()
        #expect(await SandboxCommand.run(arguments, on: collected.console) == 64)
        #expect(collected.output.isEmpty)
        #expect(collected.warnings.count == 1)
    }

    @Test("a whole send, from the command line to the summary")
    func send() async throws {
        let (result, requests) = try await whileReceiving { _, base in
            await run("send", "klavi/link-created-event", "--to", "\(base)", "--samples", Checkout.samplesPath)
        }
        #expect(result.status == 0)
        #expect(result.output.count == 2)
        #expect(requests.first?.body.count == 575)
    }

    @Test("missing cases, samples and secrets are 66")
    func missing() async throws {
        let folder = try TemporaryFolder()
        let base = "http://127.0.0.1:9"
        let noCase = await run("send", "klavi/\u{1b}[2J", "--to", base, "--samples", Checkout.samplesPath)
        #expect(noCase.status == 66)
        #expect(noCase.warnings.first?.contains(#"klavi/\x1b[2J"#) == true)
        #expect(await run("send", "--to", base, "--samples", folder.path + "/none").status == 66)
        #expect(
            await run("send", "--to", base, "--samples", Checkout.samplesPath, "--secrets", folder.path).status == 66)
    }

    @Test("a receiver that cannot be reached is 69")
    func unreachable() async throws {
        let base = "http://127.0.0.1:\(try await closedPort())"
        let result = await run("send", "--to", base, "--samples", Checkout.samplesPath)
        #expect(result.status == 69)
        #expect(result.warnings.count == 1)
        #expect(result.warnings.first?.hasPrefix("Error: \(base) cannot be reached: connection refused") == true)
    }

    @Test("a port that is taken is 69, an impossible file 73")
    func cannotReceive() async throws {
        let folder = try TemporaryFolder()
        let receiver = try await LoopbackReceiver.listen(port: 0)
        #expect(await run("receive", "--port", "\(receiver.port)").status == 69)
        await receiver.stop()
        #expect(await run("receive", "--out", folder.path).status == 73)
    }
}
