internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import Presentation
internal import Replay
internal import ReportIndex
internal import TerminalOutput

struct ReplayRunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List replay runs, newest first.",
        usage: "callbox replay runs [--limit <count> | --all] [<options>]",
        discussion: """
            EXAMPLES
              callbox replay runs
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var formats: FormatOptions
    @OptionGroup var page: LimitOptions

    func run() async throws {
        let console = options.console
        let access = ArchiveAccess(try options.load(), console: console)
        let reader = try await access.reader()
        var listing = RowListing(
            formats.resolved(for: console), on: console, ReplayRun.members(in: access.directory))
        let none =
            try reader.unindexedCount() == 0
            ? "nothing was replayed yet"
            : "no run is indexed, and the index is incomplete; run 'callbox serve' or 'callbox archive reindex'"
        try listing.print(try reader.replayRuns(limit: page.readCount), page: page, none: none)
    }
}

struct ReplayShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the results of a run, or the response to one of its deliveries.",
        usage: "callbox replay show <run> [<id>] [--failures] [<options>]",
        discussion: """
            Responses of the last \(RunFolder.runCountLimit) runs are kept on this machine, until their deliveries are pruned.

            EXAMPLES
              callbox replay show 1043 --failures
              callbox replay show 1043 42
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var formats: FormatOptions
    @OptionGroup var page: LimitOptions

    @Argument(help: "A run ID from 'replay runs', or latest.")
    var run: RunReference

    @Argument(help: ArgumentHelp("A delivery, to show its responses in full.", valueName: "id"))
    var delivery: Int64?

    @Flag(help: "Show only results that were not accepted.")
    var failures = false

    @Option(help: ArgumentHelp("Statuses that are accepted.", valueName: "statuses"))
    var expect = "2xx"

    func validate() throws {
        try OptionCheck.statuses(expect)
    }

    func run() async throws {
        let console = options.console
        let access = ArchiveAccess(try options.load(), console: console)
        let reader = try await access.reader()
        let found = try run.run(in: reader)
        let folder = RunFolder(access.directory, run: found.id)
        let expected = ExpectedStatuses(expect) ?? .success
        if let delivery { return try show(DeliveryID(rawValue: delivery), folder, found.id, expected, console) }
        let format = formats.resolved(for: console)
        var view = RunView(found, expected)
        var listing = RowListing(format, on: console, ReplayRecord.resultMembers(expected))
        if format == .table {
            try reader.forEachReplay(inRun: found.id) { view.add($0) }
            for line in view.lines(folder, on: console) { try console.print(line) }
            try console.print("")
        }
        try listing.print(page: page, none: failures ? "no failure" : "nothing was sent yet") { add in
            try reader.forEachReplay(inRun: found.id) { if !failures || !expected.accepts($0) { try add($0) } }
        }
    }

    private func show(
        _ delivery: DeliveryID, _ folder: RunFolder, _ run: Int64, _ expected: ExpectedStatuses, _ console: Console
    ) throws {
        var count = 0
        try RunFileReader.forEachResponse(folder) { response in
            guard response.delivery == delivery else { return }
            count += 1
            try RunResponseView(response, expected, CallboxCommand.providers.secrets).write(isWhole: true, on: console)
        }
        guard count == 0 else { return }
        throw CommandFailure(
            .negative, "no response to delivery \(delivery) is kept for run \(run)",
            advice: "'callbox replay show \(run)' lists the results of the run.")
    }
}

struct ReplayDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare the responses of two runs, delivery by delivery.",
        usage: "callbox replay diff <older> <newer> [<options>]",
        discussion: """
            Compares statuses and bodies (JSON by path), and prints the response times
            of both runs.
            Exit code 0: no difference; 1: differences; higher: the comparison failed.

            EXAMPLES
              callbox replay diff 1043 1101 --ignore-name requestId
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var formats: FormatOptions

    @Argument(help: "A run.")
    var older: RunReference

    @Argument(help: "A later run, or latest.")
    var newer: RunReference

    @OptionGroup var ignoring: IgnoreOptions

    func run() async throws {
        let console = options.console
        let access = ArchiveAccess(try options.load(), console: console)
        let reader = try await access.reader()
        let folders = try [older, newer].map { reference in
            // The exit code for a missing run is not 1, because 1 means a difference.
            let run: Int64
            do {
                run = try reference.run(in: reader).id
            } catch ReplayError.noRun(let number) {
                throw CommandFailure(
                    .missingInput, "there is no run \(number)", advice: "Run 'callbox replay runs' for the IDs.")
            }
            let folder = RunFolder(access.directory, run: run)
            guard folder.hasResponses else {
                throw CommandFailure(
                    .missingInput, "the responses of run \(run) are not on this machine",
                    advice: "A machine keeps the responses of its last \(RunFolder.runCountLimit) runs.")
            }
            return folder
        }
        let format = formats.resolved(for: console)
        guard try RunDifferenceRow.print(folders[0], folders[1], ignoring.paths, format, on: console) else { return }
        throw ExitStatus.negative
    }
}
