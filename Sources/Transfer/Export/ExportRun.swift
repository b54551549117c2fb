package import Deliveries
internal import Journal
package import Redaction
package import ReportIndex
internal import TerminalOutput

/// Reads the deliveries of an archive, adds them to an export and counts the results.
package struct ExportRun {
    package enum Event {
        case progress(count: Int, byteCount: Int64)
        /// A delivery is damaged and was omitted.
        case leftOut(reason: String)
    }

    package enum Outcome: Equatable {
        case finished
        /// The export was stopped.
        ///
        /// - Parameter canResume: whether `--resume` can continue the export.
        case stopped(canResume: Bool)
    }

    private let reader: ArchiveReader
    private let masking: ProviderSecrets?
    private let report: (Event) -> Void
    package private(set) var count = 0
    package private(set) var prunedCount = 0
    package private(set) var damagedCount = 0
    package private(set) var byteCount: Int64 = 0

    package init(_ reader: ArchiveReader, masking: ProviderSecrets?, report: @escaping (Event) -> Void) {
        self.reader = reader
        self.masking = masking
        self.report = report
    }

    package mutating func export(
        _ ids: ArraySlice<DeliveryID>, to export: some DeliveryExport, isStopped: () -> Bool
    ) throws -> Outcome {
        var export = export
        for id in ids {
            guard !isStopped() else {
                try export.stop()
                return .stopped(canResume: export.canResume)
            }
            guard let record = try record(id) else { continue }
            try export.add(record)
            if record.kept.pruningReason == nil { count += 1 } else { prunedCount += 1 }
            report(.progress(count: count + prunedCount, byteCount: export.byteCount))
        }
        try export.finish()
        byteCount = export.byteCount
        return .finished
    }

    /// The result as text: `exported 3 deliveries and 1 without a body (pruned), 12 KB`.
    package var summary: String {
        "exported \(HumanText.count(count, "delivery", "deliveries"))"
            + (prunedCount > 0 ? " and \(prunedCount) without a body (pruned)" : "")
            + ", \(HumanText.byteCount(byteCount))"
    }

    /// The record of a delivery. Nil for a delivery that retention has just removed, and for a damaged delivery, which
    /// must not stop the export.
    private mutating func record(_ id: DeliveryID) throws -> DeliveryRecord? {
        do {
            guard let kept = try reader.keptDelivery(id) else { return nil }
            return DeliveryRecord(kept: kept, reports: try reader.reports(of: id), masking: masking)
        } catch ArchiveError.damaged(let what) {
            report(.leftOut(reason: what))
            damagedCount += 1
            return nil
        }
    }
}
