internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `archive prune --dry-run` writes: each delivery that would lose something, and what that comes to.
struct PruningView {
    private static let names = ["id", "receivedAt", "source", "types", "takes", "storedBytes", "reason"]

    private let console: Console
    private var listing: RowListing<PruningDecision>
    private var byteCount: Int64 = 0

    init(_ format: OutputFormat, _ console: Console) {
        self.console = console
        listing = RowListing(format, on: console, names: Self.names, values: Self.values, table: Self.table)
    }

    mutating func add(_ decision: PruningDecision) throws {
        try listing.add(decision)
        byteCount += decision.byteCount
    }

    /// - Parameter nothing: what to say if there is nothing to take.
    mutating func finish(nothing: String = "nothing is old enough") throws {
        try listing.finish()
        console.note(
            listing.count == 0
                ? nothing
                : "\(HumanText.count(listing.count, "delivery", "deliveries")) would lose "
                    + "\(HumanText.byteCount(byteCount)) of stored bodies; --yes takes them away")
    }

    private static func values(_ decision: PruningDecision) -> [JSONText] {
        [
            .integer(decision.id.rawValue), .string(decision.receivedAt.rfc3339), .string(decision.source),
            .array(decision.types.map { .string($0) }), .string(decision.extent.rawValue),
            .integer(decision.byteCount), .string(decision.reason),
        ]
    }

    private static func table(_ decisions: [PruningDecision]) -> Table {
        Table(
            columns: [
                .init(title: "ID", alignment: .right), .init(title: "RECEIVED"), .init(title: "SOURCE"),
                .init(title: "TYPE", shortestWidth: 12), .init(title: "TAKES"),
                .init(title: "STORED", alignment: .right), .init(title: "WHY", shortestWidth: 16),
            ],
            rows: decisions.map { decision in
                [
                    .init("\(decision.id)", .bold), .init(HumanText.time(decision.receivedAt)),
                    .init(decision.source), .init(decision.types.joined(separator: " "), .cyan),
                    .init(decision.extent.rawValue, decision.extent == .everything ? .red : .yellow),
                    .init(HumanText.byteCount(decision.byteCount)), .init(decision.reason),
                ]
            })
    }
}
