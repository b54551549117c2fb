internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Diagnosis
internal import Foundation
internal import Journal
internal import Presentation
internal import TerminalOutput

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the installation and suggest fixes.",
        usage: "callbox doctor [--format <format>] [<options>]",
        discussion: """
            Checks the configuration, secrets, files, free space, SQLite, the running server, limits, the clock and the \
            quarantine. Changes nothing, and needs no archive. Secrets in environment variables are read from \
            the environment of this shell.

            Exits with 1 if there is a problem, with 0 otherwise.

            EXAMPLES
              callbox doctor
              callbox doctor --config /etc/callbox.yaml
              callbox doctor --format json | jq '.findings[] | select(.state != "fine")'
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .shortAndLong, help: "table or json. Default: a table on a terminal, json in a pipe.")
    var format: ViewFormat?

    func run() async throws {
        let console = options.console
        let environment = ProcessInfo.processInfo.environment
        var fallback = CallboxConfiguration(providers: CallboxCommand.providers)
        fallback.archivePath = options.archive ?? environment.setting("CALLBOX_ARCHIVE") ?? fallback.archivePath
        let configuration: Result<CallboxConfiguration, any Error>
        do {
            // `serve` loads its configuration in the same way.
            var read = try options.load(environment: environment)
            if let listen = environment.setting("CALLBOX_LISTEN").flatMap(ListenSetting.init) { read.listen = listen }
            configuration = .success(read)
        } catch {
            configuration = .failure(error)
        }
        let archivePath = ((try? configuration.get()) ?? fallback).archivePath
        let replication = await ArchiveSession.replicationStatus(ArchiveDirectory(path: archivePath))
        let doctor = Doctor(environment: environment, now: SystemClock.now(), replication: replication) { error in
            let failure = CommandFailure(translating: error)
            return (failure.message, failure.advice)
        }
        let findings = doctor.findings(configuration, fallback: fallback)
        let format = format ?? (console.isTerminal ? .table : .json)
        let lines = format == .json ? [FindingView.json(findings).line] : FindingView.lines(findings, console)
        for line in lines { try console.print(line) }
        if findings.contains(where: { $0.state == .problem }) { throw ExitStatus.negative }
    }
}
