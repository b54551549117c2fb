internal import Analysis
internal import ArgumentParser
internal import Presentation
internal import Providers
internal import ReportIndex
internal import TerminalOutput

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare the bodies of two reports.",
        usage: "callbox diff <older> [<newer>] [<options>]",
        discussion: """
            With one ID, compares a report with the previous report that has the same type
            and the same link, case or person. The order of members and the notation of
            numbers do not matter. Array elements are matched by an identifying member,
            such as id.
            Exit code 0: no difference; 1: differences; higher: the comparison failed.

            EXAMPLES
              callbox diff 41 42
              callbox diff latest
              callbox diff 42.2 --ignore $.meta.etag --ignore-name timestamp
              callbox diff 41 42 --no-ignore --format json
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var formats: FormatOptions

    @Argument(help: "Older report: 41, 41.2 or latest.", transform: ItemReference.parse)
    var older: ItemReference?

    @Argument(help: "Newer report.", transform: ItemReference.parse)
    var newer: ItemReference?

    @OptionGroup var ignoring: IgnoreOptions

    @Flag(help: "Also compare members that are ignored by default.")
    var noIgnore = false

    @Flag(help: "Match array elements by position.")
    var byPosition = false

    @Flag(help: "List the members that are ignored, by provider.")
    var showIgnored = false

    func validate() throws {
        guard (older == nil) == showIgnored else {
            throw ValidationError("diff needs one or two IDs, or --show-ignored")
        }
    }

    func run() async throws {
        let console = options.console
        guard let older else { return try Self.printIgnored(on: console) }
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        let pair = try Self.pair(
            older.archived(for: "diff"), newer.map { try $0.archived(for: "diff") }, reader)
        for warning in pair.warnings { console.note(TerminalText.escape(warning)) }
        var comparison = JSONComparison()
        comparison.matchesByPosition = byPosition
        comparison.ignored = ignoring.paths
        if !noIgnore { comparison.ignored += pair.providers.flatMap(Self.messageMembers) }
        console.note("comparing \(pair.older.label) with \(pair.newer.label)")
        let format = formats.resolved(for: console)
        var listing = RowListing(format, on: console, DiffRow.members(masks: console.isTerminal))
        var count = 0
        let ignoredCount = try comparison.forEachDifference(pair.older.value, pair.newer.value) { difference in
            count += 1
            guard format == .table else { return try listing.add(difference) }
            try console.print(DiffRow.line(difference, on: console))
        }
        try listing.finish()
        if console.isTerminal, format != .table { console.note(RevealOptions.maskingNote) }
        if ignoredCount > 0 {
            console.note(
                "ignored \(HumanText.count(ignoredCount, "difference"))"
                    + (noIgnore ? "" : "; --no-ignore also compares members that are ignored by default"))
        }
        guard count > 0 else { return console.note("no difference") }
        throw ExitStatus.negative
    }

    /// Finds the two reports. The exit code for a missing report is not 1, because 1 means that the reports differ.
    static func pair(
        _ older: ReportReference, _ newer: ReportReference?, _ reader: ArchiveReader
    ) throws(CommandFailure) -> ComparedReports {
        do throws(CommandFailure) {
            return try translating {
                try ComparedReports.find(
                    older: older, newer: newer, in: reader, identities: CallboxCommand.providers.identities)
            }
        } catch {
            guard error.status == .negative else { throw error }
            throw CommandFailure(.missingInput, error.message, advice: error.advice)
        }
    }

    private static func printIgnored(on console: Console) throws {
        for api in CallboxCommand.providers.descriptors.flatMap(\.apis).map(\.name).sorted() {
            for path in messageMembers(ofAPI: api) { try console.print("\(api)  \(path)") }
        }
    }

    /// Members that differ in every message of an API, such as message IDs.
    private static func messageMembers(ofAPI name: String) -> [IgnoredPath] {
        CallboxCommand.providers.messageMembers(ofAPI: name).map { IgnoredPath(name: $0) }
    }
}
