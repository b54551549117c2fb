internal import ArgumentParser
internal import Foundation
internal import Presentation
internal import ReportIndex
internal import TerminalOutput

struct SQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql",
        abstract: "Run a read-only SQL query on the archive.",
        usage: "callbox sql <statement> [--param <name=value>] [<options>]",
        discussion: """
            --schema lists the views and functions; body(deliveryId) returns a body. Tables
            may change between versions; views do not change. Data is not masked, so a
            statement on a terminal is recorded in the audit log.

            EXAMPLES
              callbox sql --schema
              callbox sql 'select type, count(*) from reports group by type'
              callbox sql --param type=pf_income --format csv --file q.sql
              callbox sql - --param id:=42 < q.sql
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var formats: FormatOptions

    @Argument(help: "SQL statement; - reads it from standard input.")
    var statement: [String] = []

    @Option(help: ArgumentHelp("Read the statement from a file.", valueName: "file"))
    var file: String?

    @Option(
        help: ArgumentHelp(
            "Value of :name. name=value sets a text; name:=value sets a number or null.",
            valueName: "name=value"))
    var param: [String] = []

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("Show at most this many rows. (default: 1000 in a table)", valueName: "count"))
    var limit: Int?

    @Option(help: ArgumentHelp("Stop the statement after this time.", valueName: "time"))
    var timeout = "60s"

    @Flag(help: "List views, columns and functions.")
    var schema = false

    func validate() throws {
        guard [!statement.isEmpty, file != nil, schema].filter({ $0 }).count == 1 else {
            throw ValidationError("sql needs a statement, --file or --schema")
        }
        guard limit.map({ (1...100_000_000).contains($0) }) ?? true else {
            throw ValidationError("--limit must be between 1 and 100000000")
        }
    }

    func run() async throws {
        let console = options.console
        let format = formats.resolved(for: console)
        guard !schema else { return try SchemaView.print(format, on: console) }
        let timeout = try OptionCheck.duration(timeout, "--timeout")
        var query = SQLQuery(try StatementText.read(statement.joined(separator: " "), file: file))
        query.parameters = try StatementText.parameters(param)
        let access = ArchiveAccess(try options.load(), console: console)
        let reader = try await access.reader()
        let subject = String(decoding: query.sql.utf8.prefix(500), as: UTF8.self)
        if console.isTerminal { try await RevealOptions.record("sql", of: subject, access) }
        SQLQuery.boundMemory(byteCount: Self.memoryByteCount)
        let deadline = ContinuousClock.now + timeout
        query.deadline = deadline
        query.isCancelled = { Interruption.hasHappened }
        let output = HeldOutput(descriptor: STDOUT_FILENO) {
            Interruption.hasHappened || ContinuousClock.now >= deadline
        }
        var listing = QueryListing(format, limit: limit, on: output.console(like: console))
        Interruption.note()
        Self.endProcess(after: timeout + .seconds(2))
        let failure = Self.run(query, reader, &listing)
        alarm(0)
        // The transaction has ended, so a slow pipe no longer holds it open.
        Interruption.release()
        try listing.finish()
        try output.finish()
        if let failure = failure as? StandardStream.BrokenPipe { throw failure }
        if let failure { throw CommandFailure(failure, timeout: self.timeout, rowCount: listing.count) }
        if listing.count == 0 { console.note("no rows") }
        if let more = listing.more { console.note(more) }
    }

    /// Ends the process at the deadline even if SQLite is in one long step, such as `replace` on a large text. SQLite
    /// cannot interrupt such a step.
    private static func endProcess(after time: Duration) {
        signal(SIGALRM) { _ in
            let message: StaticString = "callbox: stopped: the statement ran longer than --timeout\n"
            _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
            _exit(ExitStatus.tryAgain.rawValue)
        }
        alarm(UInt32(clamping: time.components.seconds))
    }

    private static func run(
        _ query: SQLQuery, _ reader: ArchiveReader, _ listing: inout QueryListing
    ) -> (any Error)? {
        do {
            try reader.run(query) {
                listing.begin($0)
            } row: {
                try listing.add($0)
            }
            return nil
        } catch {
            return error
        }
    }

    /// The memory limit of SQLite: enough for any body, and for json_extract on a body of 15 MiB.
    private static let memoryByteCount: Int64 = 128 << 20
}
