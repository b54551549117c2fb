internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import TerminalOutput

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
        guard !to.isEmpty else { throw ValidationError("--to takes a path, or - for standard output.") }
        guard to != "-" || exportFormat != .files else { throw ValidationError("--as files needs --to with a folder.") }
        guard !resume || to != "-" && (exportFormat == .ndjson || exportFormat == .files) else {
            throw ValidationError("--resume goes with --as ndjson or files, and with --to.")
        }
    }

    func run() async throws {
        let console = options.console
        var filter = try filters.filter(now: SystemClock.now())
        filter.listsAttempts = !firstOnly
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        let file = try openFile()
        if exportFormat == .csv, let file { return try ReportCSV.write(reader, filter, to: file, console) }
        var run = ExportRun(reader: reader, isMasked: masked, console: console)
        let ids = try run.ids(matching: filter, after: file?.lastID)
        switch (exportFormat, file) {
        case (.ndjson, let file?), (.json, let file?), (.csv, let file?):
            try run.export(ids, to: RecordExport(file, isArray: exportFormat == .json))
        case (.har, let file?): try run.export(ids, to: HARExport(file))
        case (_, nil), (.files, _): try run.export(ids, to: FolderExport(to, resumes: resume))
        }
        try run.tell(place: to == "-" ? nil : to)
    }

    /// Nil for a folder.
    private func openFile() throws(CommandFailure) -> ExportFile? {
        switch exportFormat {
        case .files: nil
        case _ where to == "-": .standardOutput()
        case .ndjson: try .lines(to, resumes: resume)
        case .csv, .json, .har: try .whole(to)
        }
    }
}
