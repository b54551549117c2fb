package import Deliveries
internal import Journal
package import ReportIndex

/// Which deliveries a bulk act is about, and what there is to know of them before it is done.
package struct DeliverySelection {
    /// Oldest first.
    package private(set) var ids: [DeliveryID] = []
    package private(set) var firstReceivedAt: Timestamp?
    package private(set) var lastReceivedAt: Timestamp?
    /// Of the bodies as they arrived.
    package private(set) var byteCount: Int64 = 0
    /// Deliveries by source and type of their reports.
    package private(set) var shares: [Share: Int] = [:]

    package struct Share: Hashable {
        package let source: String
        package let type: String
    }

    package init() {}

    /// Those with these numbers, each of which has to be there.
    package init(_ numbers: [DeliveryID], _ reader: ArchiveReader) throws {
        for id in Set(numbers).sorted() {
            guard let kept = try reader.keptDelivery(id) else { throw ReplayError.noDelivery(id) }
            let reports = try reader.reports(of: id)
            add(
                id, kept.delivery.request.receivedAt, kept.bodyByteCount,
                Share(source: kept.delivery.source, type: reports.first?.report.type ?? "-"))
        }
    }

    /// Adds the delivery of a report. Memory grows by eight bytes a delivery.
    package mutating func add(_ report: ReportSummary) {
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
        // Types come from the wire; a long list of them is no preview.
        let known = shares[share] != nil || shares.count < 1000
        shares[known ? share : Share(source: share.source, type: "…"), default: 0] += 1
    }

    /// The oldest first, after all were added.
    package mutating func sort() {
        ids.sort()
    }
}
