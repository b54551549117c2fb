internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// Which deliveries a bulk act is about, and what there is to know of them before it is done.
struct DeliverySelection {
    /// Oldest first.
    private(set) var ids: [DeliveryID] = []
    private(set) var firstReceivedAt: Timestamp?
    private(set) var lastReceivedAt: Timestamp?
    /// Of the bodies as they arrived.
    private(set) var byteCount: Int64 = 0
    /// Deliveries by source and type of their reports.
    private(set) var shares: [Share: Int] = [:]

    struct Share: Hashable {
        let source: String
        let type: String
    }

    /// What matches; memory grows by eight bytes a delivery.
    init(matching filter: ReportFilter, _ reader: ArchiveReader, _ console: Console) throws {
        var selection = DeliverySelection()
        let conclusion = try MatchingReports(reader: reader, console: console).forEach(filter) { report in
            selection.add(report)
            if selection.ids.count.isMultiple(of: 4096) {
                console.progress("found \(selection.ids.count) deliveries")
            }
        }
        console.progress("")
        conclusion.tell(on: console)
        if conclusion.counts != nil, conclusion.isInterrupted { throw ExitStatus.interrupted }
        selection.ids.sort()
        self = selection
    }

    /// Those with these numbers, each of which has to be there.
    init(_ numbers: [DeliveryID], _ reader: ArchiveReader) throws(CommandFailure) {
        self.init()
        for id in Set(numbers).sorted() {
            let kept = try reading { () throws(ArchiveReadFailure) in try reader.keptDelivery(id) }
            guard let kept else { throw .noSuchDelivery(id) }
            let reports = try reading { () throws(ArchiveReadFailure) in try reader.reports(of: id) }
            add(
                id, kept.delivery.request.receivedAt, kept.bodyByteCount,
                Share(source: kept.delivery.source, type: reports.first?.report.type ?? "-"))
        }
    }

    private init() {}

    private mutating func add(_ report: ReportSummary) {
        // The reports of one delivery follow one another.
        guard ids.last != report.deliveryID else { return }
        add(
            report.deliveryID, report.receivedAt, report.bodyByteCount,
            Share(source: report.source, type: report.type))
    }

    private mutating func add(_ id: DeliveryID, _ receivedAt: Timestamp, _ bodyByteCount: Int, _ share: Share) {
        ids.append(id)
        firstReceivedAt = firstReceivedAt.map { min($0, receivedAt) } ?? receivedAt
        lastReceivedAt = lastReceivedAt.map { max($0, receivedAt) } ?? receivedAt
        let (sum, overflow) = byteCount.addingReportingOverflow(Int64(bodyByteCount))
        byteCount = overflow ? .max : sum
        // Types come from the wire; a crowd of them is no preview.
        let known = shares[share] != nil || shares.count < 1000
        shares[known ? share : Share(source: share.source, type: "…"), default: 0] += 1
    }

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
