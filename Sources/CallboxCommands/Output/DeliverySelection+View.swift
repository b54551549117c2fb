internal import Deliveries
internal import Replay
internal import ReportIndex
internal import TerminalOutput

extension DeliverySelection {
    /// `17 deliveries, 13.4 KB of bodies, from … to …`.
    var summary: String {
        let what =
            "\(HumanText.count(ids.count, "delivery", "deliveries")), \(HumanText.byteCount(byteCount)) of bodies"
        guard let firstReceivedAt, let lastReceivedAt else { return what }
        return "\(what), from \(HumanText.time(firstReceivedAt)) to \(HumanText.time(lastReceivedAt))"
    }

    /// How many of which type, most first.
    func table(on console: Console) -> [String] {
        let rows = shares.sorted { ($1.value, $0.key.source, $0.key.type) < ($0.value, $1.key.source, $1.key.type) }
        return Table(
            columns: [
                .init(title: "SOURCE"), .init(title: "TYPE", shortestWidth: 12),
                .init(title: "DELIVERIES", alignment: .right),
            ],
            rows: rows.map { [.init($0.key.source), .init($0.key.type, .cyan), .init("\($0.value)")] }
        ).lines(on: console)
    }
}
