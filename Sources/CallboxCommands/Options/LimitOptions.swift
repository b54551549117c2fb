internal import ArgumentParser

/// The number of rows that a list shows.
struct LimitOptions: ParsableArguments {
    private static let greatest = 1_000_000

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Show at most this many.", valueName: "count"))
    var limit = 20

    @Flag(help: "Show all, without a limit.")
    var all = false

    func validate() throws {
        guard (1...Self.greatest).contains(limit) else {
            throw ValidationError("--limit must be between 1 and \(Self.greatest)")
        }
    }

    /// The number of rows to read: one more than is shown, to see if there are more. Nil for all.
    var readCount: Int? {
        all ? nil : limit + 1
    }

    /// True if another row is shown after `count` rows.
    func shows(after count: Int) -> Bool {
        all || count < limit
    }

    /// The rows to show of those read.
    func shown<Element>(_ read: [Element]) -> ArraySlice<Element> {
        all ? read[...] : read.prefix(limit)
    }

    /// The note that more rows match than were shown.
    var hint: String {
        "more rows match; use "
            + (limit < Self.greatest ? "--limit \(min(limit * 5, Self.greatest)) or --all" : "--all")
    }
}
