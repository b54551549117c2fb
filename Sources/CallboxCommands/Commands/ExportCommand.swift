internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import Journal
internal import Redaction
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput
internal import Transfer

extension ExportFormat: ExpressibleByArgument {}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write deliveries with their bodies to a file, a folder or a pipe.",
        usage: "callbox export [--as <format>] [--to <path>] [<filters>] [<options>]",
        discussion: """
            Every delivery that brought a matching report, first or again, oldest first; each body is checked against its \
            SHA-256. Without filters: all of them. The formats:

              ndjson  a record a line, complete: 'import' reads it back
              json    the same records as one array
              har     HTTP Archive 1.2, for developer tools of browsers; is imported too
              csv     the columns of 'list' without bodies, newest first
              files   a folder of bodies, with manifest.ndjson and SHA256SUMS

            AN EXPORT IS COMPLETE: signatures, codes and tokens in headers and targets are in it as they came. --masked hides \
            those and leaves the names of secrets out; bodies stay as they are. Files are readable for their owner alone, and \
            none is ever overwritten. An interrupted export to ndjson or files goes on with --resume and the same filters, \
            which also adds to it what has arrived since.

            EXAMPLES
              callbox export --to all.ndjson
              callbox export --to all.ndjson --resume
              callbox export --provider klavi --since 7d --as har --to klavi.har
              callbox export --as csv --unrouted > unrouted.csv
              callbox export --as files --to reports --type pf_checking_account
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(name: .customLong("as"), help: ArgumentHelp("How to write it.", valueName: "format"))
    var exportFormat = ExportFormat.ndjson

    @Option(help: ArgumentHelp("A file or, for files, a folder; - is standard output.", valueName: "path"))
    var to = "-"

    @Flag(help: "Go on with an export that was interrupted (ndjson and files).")
    var resume = false

    @Flag(help: "Hide credentials in headers and targets. Such an export cannot be imported.")
    var masked = false

    @Flag(help: "Leave out deliveries that brought a report again.")
    var firstOnly = false

    func validate() throws {
        guard !to.isEmpty else { throw ValidationError("--to takes a path, or - for standard output") }
        guard to != "-" || exportFormat != .files else { throw ValidationError("--as files needs --to with a folder") }
        guard !resume || to != "-" && (exportFormat == .ndjson || exportFormat == .files) else {
            throw ValidationError("--resume goes with --as ndjson or files, and with --to")
        }
    }

    func run() async throws {
        let console = options.console
        var filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        filter.listsAttempts = !firstOnly
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        let file = try openFile()
        if exportFormat == .csv, let file { return try ReportCSV.write(reader, filter, to: file, console) }
        var ids = try MatchingReports(reader: reader, console: console).deliveryIDs(filter)[...]
        if let last = file?.lastID { ids = ids.drop { $0.rawValue <= last } }
        if !masked { console.hint("the export holds headers and targets as they came; --masked hides credentials") }
        switch (exportFormat, file) {
        case (.ndjson, let file?), (.json, let file?), (.csv, let file?):
            try export(ids, reader, to: RecordExport(file, isArray: exportFormat == .json), console)
        case (.har, let file?):
            try export(ids, reader, to: HARExport(file, version: CallboxCommand.version), console)
        case (_, nil), (.files, _): try export(ids, reader, to: FolderExport(to, resumes: resume), console)
        }
    }

    private func export(
        _ ids: ArraySlice<DeliveryID>, _ reader: ArchiveReader, to export: some DeliveryExport, _ console: Console
    ) throws {
        var progress = TransferProgress("exported", of: ids.count, on: console)
        var run = ExportRun(reader, masking: masked ? .all : nil) { event in
            switch event {
            case .progress(let count, let byteCount): progress.tell(count, byteCount: byteCount)
            case .leftOut(let reason):
                console.progress("")
                console.note("left out: \(TerminalText.escape(reason))")
            }
        }
        Interruption.note()
        defer { Interruption.release() }
        let outcome = try run.export(ids, to: export, isStopped: { Interruption.hasHappened })
        progress.end()
        try Self.conclude(run, outcome, of: ids.count, place: to == "-" ? nil : to, console)
    }

    /// Writes what came of it; an interruption and damage have exit statuses of their own.
    static func conclude(
        _ run: ExportRun, _ outcome: ExportRun.Outcome, of total: Int, place: String?, _ console: Console
    ) throws {
        if case .stopped(let canResume) = outcome {
            console.note(
                "stopped by Ctrl-C after \(run.count + run.prunedCount) of "
                    + HumanText.count(total, "delivery", "deliveries")
                    + (canResume ? "; the same command with --resume goes on" : ""))
            throw ExitStatus.interrupted
        }
        var parts = ["exported \(HumanText.count(run.count, "delivery", "deliveries"))"]
        if run.prunedCount > 0 { parts.append("and \(run.prunedCount) without their bodies, which were pruned") }
        parts.append("(\(HumanText.byteCount(run.byteCount)))")
        if let place { parts.append("to \(TerminalText.escape(place))") }
        console.note(parts.joined(separator: " "))
        guard run.damagedCount == 0 else {
            throw CommandFailure(
                .damagedData, "\(HumanText.count(run.damagedCount, "delivery", "deliveries")) left out as damaged",
                advice: "Run 'callbox archive verify' to list everything that does not read back.")
        }
    }

    /// Nil for a folder.
    private func openFile() throws(TransferError) -> ExportFile? {
        switch exportFormat {
        case .files: nil
        case _ where to == "-": .standardOutput()
        case .ndjson: try .lines(to, resumes: resume)
        case .csv, .json, .har: try .whole(to)
        }
    }
}

/// Reports as lines of a CSV file, newest first, in the columns of `list`.
enum ReportCSV {
    static func write(
        _ reader: ArchiveReader, _ filter: ReportFilter, to file: ExportFile, _ console: Console
    ) throws {
        var count = 0
        var progress = TransferProgress("exported", of: nil, on: console)
        try file.sink.write(ReportRecord.names.joined(separator: ",") + "\n")
        let conclusion = try MatchingReports(reader: reader, console: console).forEach(filter) { report in
            let line = CSVText.line(ReportRecord.values(report))
            try file.sink.write((console.isTerminal ? TerminalText.escape(line) : line) + "\n")
            count += 1
            progress.tell(count, byteCount: file.sink.byteCount)
        }
        try file.finish()
        progress.end()
        console.note("exported \(HumanText.count(count, "report")) (\(HumanText.byteCount(file.sink.byteCount)))")
        try conclusion.conclude(on: console)
    }
}
