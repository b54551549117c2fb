internal import Deliveries
internal import Journal
package import ReportIndex
internal import StrictJSON
package import TerminalOutput

/// The list that `archive prune --dry-run` writes, and its total.
package struct PruningPreview {
    private var listing: RowListing<PruningDecision>
    private var byteCount: Int64 = 0

    package init(_ format: OutputFormat, _ console: Console) {
        listing = RowListing(format, on: console, PruningDecision.members)
    }

    /// The number of deliveries.
    package var count: Int { listing.count }

    /// Writes a row. Adds its stored bytes to the total.
    package mutating func add(_ decision: PruningDecision) throws {
        try listing.add(decision)
        byteCount += decision.byteCount
    }

    /// Prints the total as a note.
    ///
    /// - Parameter none: the note if there is no delivery.
    package mutating func finish(none: String) throws {
        try listing.finish()
        let deliveries = HumanText.count(count, "delivery", "deliveries")
        listing.console.note(
            count == 0
                ? none : "\(deliveries), \(HumanText.byteCount(byteCount)) of stored bodies; --yes removes them")
    }
}

extension PruningDecision {
    static var members: [RowMember<PruningDecision>] {
        [
            .init("id", .number("ID"), .bold) { .integer($0.id.rawValue) },
            .time("receivedAt", .text("RECEIVED", leavesAs: 2)) { $0.receivedAt },
            .init("source", .text("SOURCE", leavesAs: 3)) { .string($0.source) },
            .init("types", .text("TYPE", shortest: 12)) {
                .array($0.types.map { .string($0) })
            } cell: {
                .init($0.types.joined(separator: " "), .cyan)
            },
            .init("takes", .text("REMOVES")) {
                .string($0.extent.rawValue)
            } cell: {
                .init($0.extent.rawValue, $0.extent == .everything ? .red : .yellow)
            },
            .init("storedBytes", .number("STORED", leavesAs: 1)) {
                .integer($0.byteCount)
            } cell: {
                .init(HumanText.byteCount($0.byteCount))
            },
            .init("reason", .text("REASON", shortest: 24)) { .string($0.reason) },
        ]
    }
}
