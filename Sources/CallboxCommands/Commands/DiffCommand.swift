internal import Analysis
internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two reports by what stands in them.",
        usage: "callbox diff <older> [<newer>] [--ignore <path>] [<options>]",
        discussion: """
            With one number, or 'latest', a report is compared with the one before it of the same link, case or person and \
            the same type. Order of members and spelling of numbers do not matter. Elements of arrays belong together by a \
            member that identifies them, such as id; paths count as in the newer report.

            Exit status 0 where nothing differs, 1 where something does, more where they cannot be compared. What \
            differs between any two messages of a provider is left out: --show-ignored lists it.

            EXAMPLES
              callbox diff 41 42
              callbox diff latest
              callbox diff 42.2 --ignore $.meta.etag --ignore-name timestamp
              callbox diff 41 42 --all --format json
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var formats: FormatOptions

    @Argument(help: "Older report: 41, 41.2 or latest.", transform: ItemReference.parse)
    var older: ItemReference?

    @Argument(help: "Newer report.", transform: ItemReference.parse)
    var newer: ItemReference?

    @Option(
        help: ArgumentHelp("Leave a place out: $.a.b, $.a[*].b, $.a.*, $..b for b anywhere.", valueName: "path"))
    var ignore: [String] = []

    @Option(help: ArgumentHelp("Leave a name out wherever it stands.", valueName: "name"))
    var ignoreName: [String] = []

    @Flag(help: "Compare what is usually left out, too.")
    var all = false

    @Flag(help: "Compare elements of arrays by position.")
    var byPosition = false

    @Flag(help: "List what is left out, by provider.")
    var showIgnored = false

    func validate() throws {
        guard (older == nil) == showIgnored else {
            throw ValidationError("Give one or two numbers of reports, or --show-ignored alone.")
        }
        for path in ignore where IgnoredPath(path) == nil {
            throw ValidationError("--ignore does not understand '\(TerminalText.escape(path))'.")
        }
    }

    func run() async throws {
        let console = options.console
        guard let older else { return try Self.printIgnored(on: console) }
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        let pair = try Self.pair(
            older.archived(for: "diff"), newer.map { try $0.archived(for: "diff") }, reader)
        for warning in pair.warnings { console.note("\(TerminalText.escape(warning))") }
        var comparison = JSONComparison()
        comparison.matchesByPosition = byPosition
        comparison.ignored = ignore.compactMap { IgnoredPath($0) } + ignoreName.map { IgnoredPath(name: $0) }
        if !all { comparison.ignored += pair.providers.flatMap(Self.messageMembers) }
        console.note("comparing \(pair.older.label) with \(pair.newer.label)")
        var listing = DiffListing(formats.resolved(for: console), on: console)
        let ignoredCount = try comparison.forEachDifference(pair.older.value, pair.newer.value) { try listing.add($0) }
        try listing.finish()
        if ignoredCount > 0 {
            console.note(
                "\(HumanText.count(ignoredCount, "difference")) left out" + (all ? "" : ": --all shows the usual ones"))
        }
        guard listing.count > 0 else { return console.note("nothing differs") }
        throw ExitStatus.negative
    }

    /// Exit status 1 means that something differs, and nothing else.
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

    /// What differs between any two reports of an API and says nothing.
    private static func messageMembers(ofAPI name: String) -> [IgnoredPath] {
        CallboxCommand.providers.messageMembers(ofAPI: name).map { IgnoredPath(name: $0) }
    }
}
