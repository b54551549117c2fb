internal import ArgumentParser
internal import Deliveries
internal import Presentation
internal import ReportIndex
internal import TerminalOutput
internal import Transfer

extension ExportFormat: ExpressibleByArgument {}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write deliveries to a file, a folder or a pipe.",
        usage: "callbox export [--output <path>] [<filters>] [<options>]",
        discussion: """
            Exports every delivery that contains a matching report, oldest first, and checks each body. Data is \
            masked only with --masked.

              ndjson  one record per line, for 'callbox import'
              json    the same records as one array
              har     HTTP Archive 1.2, for browsers and 'callbox import'
              csv     the columns of 'list', newest first, without bodies (see --excel)
              files   a folder of bodies with manifest.ndjson and SHA256SUMS

            EXAMPLES
              callbox export --output all.ndjson --resume
              callbox export --provider klavi --since 7d --format har -o klavi.har
              callbox export --format files --output reports --type pf_income
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(name: [.customShort("f"), .customLong("format")], help: "ndjson (default), json, har, csv or files.")
    var given: ExportFormat?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A new file or folder; - is standard output.", valueName: "path"))
    var output = "-"

    @Flag(help: "Continue an export to ndjson or files.")
    var resume = false

    @Flag(help: "Mask credentials and personal data. A masked export cannot be imported.")
    var masked = false

    @Flag(help: "Leave out repeated deliveries of a report.")
    var firstOnly = false

    @Flag(help: "Write CSV for Excel.")
    var excel = false

    @Option(
        help: ArgumentHelp("Write csv with only these columns, such as id,externalInfo.traceId.", valueName: "names"))
    var columns: String?

    private var isSpreadsheet: Bool { excel || columns != nil }
    private var format: ExportFormat { given ?? (isSpreadsheet ? .csv : .ndjson) }

    private var isFile: Bool { output != "-" }

    func validate() throws {
        guard !output.isEmpty else { throw ValidationError("--output is empty; use a path, or - for standard output") }
        guard isFile || format != .files else { throw ValidationError("--format files needs --output with a folder") }
        guard !resume || isFile && (format == .ndjson || format == .files) else {
            throw ValidationError("--resume needs --output and the format ndjson or files")
        }
        guard !isSpreadsheet || format == .csv else { throw ValidationError("--excel and --columns need --format csv") }
    }

    func run() async throws {
        let console = options.console
        guard isFile || masked || !console.isTerminal else {
            throw CommandFailure(
                .usage, "an export to a terminal needs --masked, because it has personal data",
                advice: "Use --output FILE or a pipe for the whole data.")
        }
        var filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        filter.listsAttempts = !firstOnly
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        let file = try openFile()
        if format == .csv, let file { return try exportCSV(reader, filter, to: file, console) }
        var ids = try MatchingReports(reader: reader, console: console).deliveryIDs(filter)[...]
        if let last = file?.lastID { ids = ids.drop { $0.rawValue <= last } }
        if !masked { console.hint("credentials and personal data are not masked; use --masked to mask them") }
        switch (format, file) {
        case (.ndjson, let file?), (.json, let file?), (.csv, let file?):
            try export(ids, reader, to: RecordExport(file, isArray: format == .json), console)
        case (.har, let file?):
            try export(ids, reader, to: HARExport(file, version: CallboxCommand.version), console)
        case (_, nil), (.files, _): try export(ids, reader, to: FolderExport(output, resumes: resume), console)
        }
    }

    private func export(
        _ ids: ArraySlice<DeliveryID>, _ reader: ArchiveReader, to export: some DeliveryExport, _ console: Console
    ) throws {
        var progress = TransferProgress("exported", of: ids.count, on: console, isShown: isFile || !console.isTerminal)
        var run = ExportRun(reader, masking: masked ? CallboxCommand.providers.secrets : nil) { event in
            switch event {
            case .progress(let count, let byteCount): progress.update(count, byteCount: byteCount)
            case .leftOut(let reason):
                console.progress("")
                console.note("skipped: \(TerminalText.escape(reason))")
            }
        }
        Interruption.note()
        defer { Interruption.release() }
        let outcome = try run.export(ids, to: export, isStopped: { Interruption.hasHappened })
        progress.end()
        try Self.conclude(run, outcome, of: ids.count, place: isFile ? output : nil, console)
    }

    /// Prints the totals. Throws an exit status if the export was interrupted, or another exit status if deliveries are
    /// damaged.
    static func conclude(
        _ run: ExportRun, _ outcome: ExportRun.Outcome, of total: Int, place: String?, _ console: Console
    ) throws {
        if case .stopped(let canResume) = outcome {
            console.note(
                "interrupted after \(run.count + run.prunedCount) of "
                    + HumanText.count(total, "delivery", "deliveries")
                    + (canResume ? "; --resume continues the export" : ""))
            throw ExitStatus.interrupted
        }
        console.note(run.summary + (place.map { ", to \(TerminalText.escape($0))" } ?? ""))
        guard run.damagedCount == 0 else {
            throw CommandFailure(
                .damagedData, "skipped \(HumanText.count(run.damagedCount, "damaged delivery", "damaged deliveries"))",
                advice: "Run 'callbox archive verify' to list all damage.")
        }
    }

    /// The file to write to; nil if the export is a folder.
    private func openFile() throws(TransferError) -> ExportFile? {
        guard format != .files else { return nil }
        guard isFile else { return .standardOutput() }
        return format == .ndjson ? try .lines(output, resumes: resume) : try .whole(output)
    }

    /// Writes reports as CSV, newest first, with the same columns as `list`.
    private func exportCSV(
        _ reader: ArchiveReader, _ filter: ReportFilter, to file: ExportFile, _ console: Console
    ) throws {
        var count = 0
        var progress = TransferProgress("exported", of: nil, on: console, isShown: isFile || !console.isTerminal)
        let all = ReportRow.members(masks: masked)
        let members = try columns.map { try all.selecting($0, masks: masked) } ?? all
        let lines = CSVLines(members, excel ? .excel : .standard, clock: options.clock)
        try file.sink.write(lines.head)
        let conclusion = try MatchingReports(reader: reader, console: console).forEach(filter) { report in
            try file.sink.write(lines.line(report))
            count += 1
            progress.update(count, byteCount: file.sink.byteCount)
        }
        try file.finish()
        progress.end()
        console.note("exported \(HumanText.count(count, "report")), \(HumanText.byteCount(file.sink.byteCount))")
        try conclusion.conclude(on: console)
    }
}
