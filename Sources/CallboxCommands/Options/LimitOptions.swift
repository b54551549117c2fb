internal import ArgumentParser

/// How much of a list is wanted: the same flags for every list.
struct LimitOptions: ParsableArguments {
    private static let greatest = 1_000_000

    @Option(name: [.short, .customShort("n"), .long], help: ArgumentHelp("Most to list.", valueName: "count"))
    var limit = 20

    @Flag(help: "List everything that matches.")
    var all = false

    func validate() throws {
        guard (1...Self.greatest).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to \(Self.greatest).")
        }
    }

    /// How many to read: one more than is shown tells whether there are more. Nil for all.
    var readCount: Int? {
        all ? nil : limit + 1
    }

    /// Whether another one is shown after so many.
    func shows(after count: Int) -> Bool {
        all || count < limit
    }

    /// What is shown of what was read.
    func shown<Element>(_ read: [Element]) -> ArraySlice<Element> {
        all ? read[...] : read.prefix(limit)
    }

    /// What to say where there are more.
    var hint: String {
        "there are more: " + (limit < Self.greatest ? "--limit \(min(limit * 5, Self.greatest)), or --all" : "--all")
    }
}
