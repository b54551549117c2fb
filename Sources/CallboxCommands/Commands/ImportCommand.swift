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
        abstract: "Add the deliveries of an export or a HAR.",
        usage: "callbox import <file> ... [--source <name>] [--dry-run] [<options>]",
        discussion: """
            Reads ndjson, json and har files from 'callbox export', even indented or in UTF-16, and HARs from browsers \
            and proxies; - is standard input. Deliveries keep their UUID, time, headers and bytes. Existing deliveries \
            are skipped, so an import can be repeated. HAR entries without the original body are rejected.

            A delivery becomes 'verified' if a current secret verifies its signature as of the time of arrival, and \
            'unverified' otherwise. A 'failed' delivery stays 'failed'. Retention counts from the time of arrival.

            EXAMPLES
              callbox import all.ndjson
              callbox import capture.har --source klavi
              callbox import all.ndjson --dry-run
              callbox import -
            """)

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: ArgumentHelp("Files to import.", valueName: "file"))
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "Import everything into this source. (default: each delivery's own source, or the source at its path)",
            valueName: "name"))
    var source: String?

    @Flag(help: "Read and check everything, but import nothing.")
    var dryRun = false

    @Flag(help: "Skip entries that cannot be imported, and continue.")
    var skipBad = false

    @Flag(inversion: .prefixedNo, help: "Check signatures with the current secrets.")
    var verify = true

    func run() async throws {
        let console = options.console
        let configuration = try options.load()
        let settings = try settings(configuration)
        let inputs = try files.map { try ImportInput($0) }
        let access = ArchiveAccess(configuration, console: console)
        let known =
            try translating { try access.directory.exists }
            ? try KnownDeliveries(access.openReader()) : KnownDeliveries()
        var progress = TransferProgress("imported", of: nil, on: console)
        defer { progress.end() }
        let run = ImportRun(settings, known: known) { event in
            switch event {
            case .progress(let count, let byteCount): progress.update(Int(clamping: count), byteCount: byteCount)
            case .leftOut(let problem):
                console.progress("")
                console.note("skipped: \(TerminalText.escape(problem))")
            }
        }
        let done =
            try await dryRun
            ? Self.importing(inputs, run) { ImportedCount(imported: Int64($0.count)) }
            : access.writing(createsArchive: true) { session in
                try await Self.importing(inputs, run) { try await session.append($0, checkingSignatures: verify) }
            }
        progress.end()
        try report(done, console)
    }

    private static func importing(
        _ inputs: [ImportInput], _ run: ImportRun, _ deliver: ImportRun.Deliver
    ) async throws -> ImportRun {
        var run = run
        for input in inputs { try await run.importAll(input, deliver) }
        return run
    }

    private func settings(_ configuration: CallboxConfiguration) throws(CommandFailure) -> ImportSettings {
        let names = configuration.sources.map(\.name)
        if let source, !names.contains(source) {
            throw CommandFailure.unknown("source", source, among: names)
        }
        let table = SourceTable(
            configuration.sources.map {
                Source(name: $0.name, provider: $0.provider, path: $0.path, originPolicy: .unchecked)
            })
        return ImportSettings(
            source: source, sourceNames: Set(names), sourceAtPath: { table.source(at: $0)?.name }, skipsBad: skipBad,
            now: SystemClock.now())
    }

    private func report(_ run: ImportRun, _ console: Console) throws {
        try console.print(run.summary(isDryRun: dryRun))
        if source == nil, run.hasOnlyForeign {
            console.hint("no entry has the path of a configured source; use --source to import all of them")
        }
        if run.badCount > 0 { throw ExitStatus.damagedData }
    }
}

extension ArchiveSession {
    /// Appends a batch of an import in one transaction, then pauses for as long as the batch took, to give a server
    /// time for new deliveries.
    fileprivate func append(
        _ records: [ImportedDelivery], checkingSignatures: Bool
    ) async throws -> ImportedCount {
        let start = ContinuousClock.now
        let appended = try await append(records.map { .delivery($0, checksSignature: checkingSignatures) })
        if isServed { try? await Task.sleep(for: start.duration(to: .now)) }
        return ImportedCount(imported: Int64(records.count), verified: appended.verifiedCount)
    }
}
