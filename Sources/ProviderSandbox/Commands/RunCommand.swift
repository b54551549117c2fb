internal import ArgumentParser

/// `callbox-sandbox run`.
struct RunCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Let a scenario happen in a sandbox of its own, and show what was sent.",
        discussion: """
            A scenario is a YAML file of steps; scenarios/README.md tells what they can be.

            EXAMPLES
              callbox-sandbox run scenarios/klavi-link-to-reports.yaml --deliver-to http://127.0.0.1:8787
              callbox-sandbox run scenarios/faults.yaml --deliver-to http://127.0.0.1:8787 --seed 7
            """)

    @Argument(help: ArgumentHelp("The scenario.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Where a Callbox listens.", valueName: "url"))
    var deliverTo: String

    @Option(help: ArgumentHelp("What chance begins with. (default: what the scenario says)", valueName: "n"))
    var seed: UInt64?

    @Option(help: "The port of the sandbox; 0 takes a free one.")
    var port = 0

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
        guard BaseAddress(deliverTo) != nil else {
            throw ValidationError("--deliver-to must be a URL such as http://127.0.0.1:8787.")
        }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let scenario = try Scenario.read(file)
        let server = try await SandboxServer.listen(port: port, seed: seed ?? scenario.seed)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.serve() }
            let result: Result<Bool, any Error>
            do {
                try await server.sandbox.registerEverywhere(deliverTo)
                result = .success(try await ScenarioRun(server.sandbox, on: console).run(scenario))
            } catch {
                result = .failure(error)
            }
            let entries = server.sandbox.ledger.entries().map(\.json)
            await server.stop()
            try await group.waitForAll()
            let isAsExpected = try result.get()
            for line in LedgerTable.lines(entries) { try console.print(line) }
            return isAsExpected ? .success : .unexpected
        }
    }
}
