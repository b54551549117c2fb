import Foundation
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("The commands that steer a sandbox", .offPool)
struct SteeringCommandTests {
    private static func run(_ arguments: [String]) async -> (status: Int32, output: [String], warnings: [String]) {
        let collected = CollectedConsole()
        let status = await SandboxCommand.run(arguments, on: collected.console)
        return (status, collected.output, collected.warnings)
    }

    @Test(
        "a command line that makes no sense is 64",
        arguments: [
            ["serve", "--port", "65536"], ["serve", "--seed", "-1"], ["serve", "--deliver-to", "https://h"],
            ["serve", "x"],
            ["run"], ["run", "a.yaml"], ["run", "a.yaml", "--deliver-to", "h"],
            ["run", "a.yaml", "--deliver-to", "http://h", "--port", "-1"], ["trigger"], ["trigger", "klavi"],
            ["trigger", "klavi."], ["trigger", "a.b", "--count", "0"], ["trigger", "a.b", "--count", "100001"],
            ["trigger", "a.b", "--size", "2GB"], ["trigger", "a.b", "--fault", "x"],
            ["trigger", "a.b", "--external", "x"],
            ["trigger", "a.b", "--external", "=x"], ["trigger", "a.b", "--sandbox", "x"], ["fault"],
            ["fault", "drop", "--clear"], ["fault", "x"], ["fault", "drop", "--count", "0"], ["advance"],
            ["advance", "31"], ["advance", "-1s"], ["register", "klavi"], ["register"], ["ledger", "x"],
            ["ledger", "--after", "x"],
        ])
    func usage(arguments: [String]) async {
        let result = await Self.run(arguments)
        #expect(result.status == 64)
        #expect(result.output.isEmpty)
        #expect(result.warnings.count == 1)
    }

    @Test("where no sandbox answers it is 69, and said how to start one")
    func nobody() async throws {
        let base = "http://127.0.0.1:\(try await closedPort())"
        for arguments in [
            ["ledger"], ["advance", "1s"], ["fault", "drop"], ["trigger", "a.b"],
            ["register", "klavi", "http://127.0.0.1/"],
        ] {
            let result = await Self.run(arguments + ["--sandbox", base])
            #expect(result.status == 69, "\(arguments)")
            #expect(result.warnings.first?.contains("start one with 'callbox-sandbox serve'") == true)
        }
    }

    @Test("what answers but is no sandbox is 69 too")
    func noSandbox() async throws {
        let receiver = try await LoopbackReceiver.listen(port: 0)
        async let served: Void = {
            for await arrival in receiver.arrivals {
                await arrival.answer.send(APIReply(status: 200, body: Array("<html>".utf8)))
            }
        }()
        let result = await Self.run(["ledger", "--sandbox", "http://127.0.0.1:\(receiver.port)"])
        #expect(result.status == 69)
        #expect(result.warnings.first?.contains("what answers is no sandbox") == true)
        await receiver.stop()
        await served
    }

    @Test("a running sandbox is steered")
    func steering() async throws {
        let server = try await SandboxServer.listen(port: 0, seed: 1)
        async let served: Void = server.serve()
        let address = ["--sandbox", server.baseURL]
        let advanced = await Self.run(["advance", "31m"] + address)
        #expect(advanced.status == 0)
        #expect(advanced.output.first?.hasPrefix("it is 20") == true)
        #expect(server.sandbox.clock.now.timeIntervalSinceNow > 1800)
        #expect(
            await Self.run(["fault", "duplicate", "--on", "klavi.*", "--count", "1"] + address).output == [
                "duplicate on klavi.*: the next 1"
            ])
        #expect(
            await Self.run(["fault", "stale=10m"] + address).output == [
                "duplicate on klavi.*: the next 1", "stale=600s on *: all",
            ])
        #expect(await Self.run(["fault", "--clear"] + address).output == ["nothing goes wrong"])
        #expect(await Self.run(["ledger", "--idle"] + address).output == ["nothing was sent"])
        #expect(await Self.run(["ledger", "--json"] + address).output == [])
        let stranger = await Self.run(["register", "nobody", "http://127.0.0.1:9/"] + address)
        #expect(stranger.status == 1)
        #expect(stranger.warnings.first?.contains("there is no provider 'nobody' here") == true)
        #expect(await Self.run(["trigger", "nobody.x"] + address).status == 1)
        await server.stop()
        await served
    }

    @Test("a scenario that is missing, or none, is 66")
    func noScenario() async throws {
        let folder = try TemporaryFolder()
        try folder.write("steps: 7", to: "a.yaml")
        for name in ["a.yaml", "b.yaml"] {
            let result = await Self.run(["run", folder.path(of: name), "--deliver-to", "http://127.0.0.1:9"])
            #expect(result.status == 66)
        }
    }

    @Test("a ledger is a table without credentials, and one attempt a line")
    func table() {
        let entries: [JSON] = [
            [
                "number": 1, "provider": "klavi", "kind": "a", "attempt": 1, "byteCount": 9999, "status": 200,
                "milliseconds": 3, "fault": nil, "url": "http://127.0.0.1/klavi?token=secret",
            ],
            [
                "number": 12, "provider": "ezid", "kind": "\u{1b}[2J", "attempt": 2, "byteCount": 8_388_608,
                "problem": "no answer in time", "milliseconds": 10000, "fault": "drop", "url": "http://127.0.0.1/",
            ],
        ]
        #expect(
            LedgerTable.lines(entries) == [
                "NO  WHAT          TRY  SIZE     ANSWER             MS     FAULT  URL",
                "1   klavi.a       1    9999 B   200                3      -      http://127.0.0.1/klavi",
                #"12  ezid.\x1b[2J  2    8388 kB  no answer in time  10000  drop   http://127.0.0.1/"#,
            ])
    }
}
