internal import ArgumentParser
internal import TerminalOutput
internal import UnixSignals

struct ServeCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve fake APIs of Klavi, Certn, EZiD and Certificall on 127.0.0.1.",
        discussion: """
            The first line of standard output is 'listening on http://127.0.0.1:PORT', followed by the base URL and \
            the test credentials of each API. The sandbox also serves the pages for users: a link's URL opens in a \
            browser, and /mailbox shows the e-mails that EZiD would have sent. The same seed and calls produce the \
            same identifiers.

            EXAMPLES
              Try a Callbox that listens on its usual port:
                callbox-sandbox serve --deliver-to http://127.0.0.1:8787
            """)

    @Option(help: "The port; 0 selects a free one.")
    var port: UInt16 = 9900

    @Option(help: "The seed for all identifiers.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "URL of a Callbox. It is registered at every provider that has a callback URL in its console.",
            valueName: "url"))
    var deliverTo: String?

    func validate() throws {
        try deliverTo.map(validateDeliverTo)
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let (sandbox, listener) = try await Sandbox.listen(port: Int(port), seed: seed)
        try console.print("listening on \(listener.url)")
        for line in SandboxAccount.guide(baseURL: listener.url) { try console.print(line) }
        if let deliverTo { try await sandbox.registerAll(deliverTo) }
        for await _ in signals { break }
        await listener.stop()
        await sandbox.stop()
        return .success
    }
}

struct RunCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario in its own sandbox, and show what was sent.",
        discussion: """
            A scenario is a YAML file of steps, described in scenarios/README.md.

            EXAMPLES
              callbox-sandbox run scenarios/klavi-link-to-reports.yaml --deliver-to http://127.0.0.1:8787
            """)

    @Argument(help: ArgumentHelp("The scenario.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("URL of a Callbox.", valueName: "url"))
    var deliverTo: String

    @Option(help: ArgumentHelp("The seed for all identifiers. (default: the scenario's)", valueName: "n"))
    var seed: UInt64?

    func validate() throws {
        try validateDeliverTo(deliverTo)
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let scenario = try Scenario.read(file)
        let (sandbox, listener) = try await Sandbox.listen(port: 0, seed: seed ?? scenario.seed)
        try await sandbox.registerAll(deliverTo)
        var runner = StepRunner(sandbox)
        let isAsExpected = try await runner.run(scenario, on: console)
        for line in DeliveryLedger.table(sandbox.ledger.entries(), console) { try console.print(line) }
        await listener.stop()
        await sandbox.stop()
        return isAsExpected ? .success : .unexpected
    }
}

private func validateDeliverTo(_ url: String) throws {
    guard WebAddress.isHTTP(url) else {
        throw ValidationError("--deliver-to must be a URL such as http://127.0.0.1:8787.")
    }
}
