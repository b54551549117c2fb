internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput
internal import Transfer

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring deliveries of an export or a HAR into the archive.",
        usage: "callbox import <file> ... [--source <name>] [--dry-run] [<options>]",
        discussion: """
            Takes what 'callbox export' writes as ndjson, json or har, and HARs of browsers and proxies; - is standard input. \
            Each delivery becomes a new entry of the journal with the identifier, the time, the headers and the bytes it had. \
            What the archive has already is skipped, so an import can be run again, and goes on where one was interrupted.

            What vouches for an imported delivery is decided here: 'verified' only where a secret of today proves its \
            signature as at the time it arrived, else 'unverified'. 'failed' and 'fetched' stay what they were. It is as old \
            as it was, so retention may take it soon.

            EXAMPLES
              callbox import all.ndjson
              callbox import capture.har --source klavi
              callbox import -                     what another archive pipes into it
              callbox import all.ndjson --dry-run
            """)

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: ArgumentHelp("What to import.", valueName: "file"))
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "The source that everything is for. Without it: the one that a delivery names, or that its path leads to.",
            valueName: "name"))
    var source: String?

    @Flag(help: "Read and check everything, and change nothing.")
    var dryRun = false

    @Flag(help: "Leave out what cannot be imported, instead of stopping there.")
    var skipBad = false

    @Flag(inversion: .prefixedNo, help: "Check signatures with the secrets of today.")
    var verify = true

    func run() async throws {
        let console = options.console
        let configuration = try options.load()
        let settings = try settings(configuration)
        let inputs = try translating { try files.map { try ImportInput($0) } }
        let access = ArchiveAccess(configuration, console: console)
        var progress = TransferProgress("imported", of: nil, on: console)
        var run = ImportRun(settings, known: try known(access)) { event in
            switch event {
            case .progress(let count, let byteCount): progress.tell(Int(clamping: count), byteCount: byteCount)
            case .leftOut(let problem): console.note("left out: \(TerminalText.escape(problem))")
            }
        }
        do {
            if dryRun {
                for input in inputs {
                    try await run.importAll(input) { records in ImportedCount(imported: Int64(records.count)) }
                }
            } else {
                run = try await importing(inputs, run, access)
            }
        } catch {
            progress.end()
            throw error
        }
        progress.end()
        try tell(run, console)
    }

    private func importing(
        _ inputs: [ImportInput], _ run: ImportRun, _ access: ArchiveAccess
    ) async throws -> ImportRun {
        try await access.writing(createsArchive: true) { session in
            var run = run
            for input in inputs {
                try await run.importAll(input) { records in try await session.take(records, verify) }
            }
            return run
        }
    }

    private func settings(_ configuration: CallboxConfiguration) throws(CommandFailure) -> ImportSettings {
        let names = configuration.sources.map(\.name)
        if let source, !names.contains(source) {
            throw CommandFailure(
                .usage, "there is no source '\(TerminalText.escape(source))'",
                advice: NearestName.of(source, among: names).map { "Did you mean '\($0)'?" }
                    ?? "There are \(names.joined(separator: ", ")).")
        }
        let table = SourceTable(
            configuration.sources.map {
                Source(name: $0.name, provider: $0.provider, path: $0.path, originPolicy: .unchecked)
            })
        return ImportSettings(
            source: source, sourceNames: Set(names), sourceAtPath: { table.source(at: $0)?.name }, skipsBad: skipBad,
            now: SystemClock.now())
    }

    private func known(_ access: ArchiveAccess) throws(CommandFailure) -> KnownDeliveries {
        guard access.directory.exists else { return KnownDeliveries() }
        let reader = try access.openReader()
        return try translating { try KnownDeliveries(reader) }
    }

    private func tell(_ run: ImportRun, _ console: Console) throws {
        let count = HumanText.count(run.total.imported, "delivery", "deliveries")
        var parts = [dryRun ? "would import \(count)" : "imported \(count), \(run.total.verified) of them verified"]
        if run.knownCount > 0 { parts.append("\(run.knownCount) known already") }
        if run.bodylessCount > 0 { parts.append("\(run.bodylessCount) without a body") }
        if run.foreignCount > 0 { parts.append("\(run.foreignCount) for no source") }
        if run.badCount > 0 { parts.append("\(run.badCount) left out") }
        try console.print(parts.joined(separator: "; "))
        if run.badCount > 0 { throw ExitStatus.damagedData }
    }
}

extension ArchiveSession {
    /// A batch of an import, in one transaction. A server gets as much time for its deliveries as it took.
    fileprivate func take(
        _ records: [ImportedDelivery], _ checksSignatures: Bool
    ) async throws -> ImportedCount {
        let start = ContinuousClock.now
        let appended = try await append(records.map { .delivery($0, checksSignature: checksSignatures) })
        if isServed { try? await Task.sleep(for: start.duration(to: .now)) }
        return ImportedCount(imported: Int64(records.count), verified: appended.verifiedCount)
    }
}
