internal import ArgumentParser
internal import Presentation
internal import TerminalOutput

/// The options that limit the number of rows of a list.
struct LimitOptions: ParsableArguments {
    private static let greatest = 1_000_000

    @Option(
        name: [.customShort("n"), .long], help: ArgumentHelp("Show at most this many results.", valueName: "count"))
    var limit = 20

    @Flag(help: "Show all results, without a limit.")
    var all = false

    func validate() throws {
        guard (1...Self.greatest).contains(limit) else {
            throw ValidationError("--limit must be between 1 and \(Self.greatest)")
        }
    }

    /// The number of rows to read; nil for all rows. One more row than the list shows, to detect whether the list is
    /// incomplete.
    var readCount: Int? {
        all ? nil : limit + 1
    }

    /// True if the list shows another row after `count` rows.
    func shows(after count: Int) -> Bool {
        all || count < limit
    }

    /// A note that the list is incomplete.
    var hint: String {
        "more results are available; use "
            + (limit < Self.greatest ? "--limit \(min(limit * 5, Self.greatest)) or --all" : "--all")
    }
}

extension RowListing {
    /// Writes the rows up to the limit of `page`. Prints a note if there are no rows, or more rows than the limit.
    mutating func print(_ rows: some Sequence<Row>, page: LimitOptions, none: String) throws {
        try print(page: page, none: none) { add in
            for row in rows { try add(row) }
        }
    }

    /// Writes the rows that `read` passes to its argument, up to the limit of `page`. Prints a note if there are no
    /// rows, or more rows than the limit.
    mutating func print(
        page: LimitOptions, none: String, _ read: (_ add: (Row) throws -> Void) throws -> Void
    ) throws {
        var hasMore = false
        try read { row in
            if page.shows(after: count) { try add(row) } else { hasMore = true }
        }
        try finish()
        if count == 0 { console.note(none) }
        if hasMore { console.note(page.hint) }
    }
}
