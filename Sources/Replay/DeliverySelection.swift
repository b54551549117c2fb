package import Deliveries
internal import Journal
package import ReportIndex

/// The deliveries of a bulk replay, with their totals for a preview.
package struct DeliverySelection {
    /// Oldest first.
    package private(set) var ids: [DeliveryID] = []
    package private(set) var firstReceivedAt: Timestamp?
    package private(set) var lastReceivedAt: Timestamp?
    /// The size of the bodies as they arrived.
    package private(set) var byteCount: Int64 = 0
    package private(set) var shares: [Share: Int] = [:]
    /// Deliveries that cannot be sent, because retention removed their bodies. They are not in `ids`.
    package private(set) var prunedCount = 0
    private var last: DeliveryID?

    /// A group of deliveries in the preview.
    package struct Share: Hashable {
        package let source: String
        /// The type of the first report.
        package let type: String
        package let verification: String
    }

    package init() {}

    /// - Throws: `ReplayError.noDelivery`, `ArchiveError`.
    package init(_ numbers: [DeliveryID], _ reader: ArchiveReader) throws {
        for id in Set(numbers).sorted() {
            guard let kept = try reader.keptDelivery(id) else { throw ReplayError.noDelivery(id) }
            guard kept.pruningReason == nil else {
                prunedCount += 1
                continue
            }
            let delivery = kept.delivery
            let share = Share(
                source: delivery.source, type: try reader.reports(of: id).first?.report.type ?? "-",
                verification: delivery.verification.rawValue)
            add(id, delivery.request.receivedAt, kept.bodyByteCount, share)
        }
    }

    /// Adds the delivery of a report. Memory grows by eight bytes a delivery.
    package mutating func add(_ report: ReportSummary) {
        // The reports of one delivery follow one another.
        guard last != report.deliveryID else { return }
        last = report.deliveryID
        guard !report.isBodyPruned else {
            prunedCount += 1
            return
        }
        let share = Share(
            source: report.source, type: report.type, verification: report.verification.rawValue)
        add(report.deliveryID, report.receivedAt, report.bodyByteCount, share)
    }

    private mutating func add(_ id: DeliveryID, _ receivedAt: Timestamp, _ bodyByteCount: Int, _ share: Share) {
        ids.append(id)
        firstReceivedAt = firstReceivedAt.map { min($0, receivedAt) } ?? receivedAt
        lastReceivedAt = lastReceivedAt.map { max($0, receivedAt) } ?? receivedAt
        let (sum, overflow) = byteCount.addingReportingOverflow(Int64(bodyByteCount))
        byteCount = overflow ? .max : sum
        // Senders choose the types, so their number is bounded.
        let known = shares[share] != nil || shares.count < 1000
        let counted = known ? share : Share(source: share.source, type: "…", verification: share.verification)
        shares[counted, default: 0] += 1
    }

    /// Puts the oldest first, after all were added.
    package mutating func sort() {
        ids.sort()
    }
}
