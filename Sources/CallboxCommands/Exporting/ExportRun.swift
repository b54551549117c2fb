internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// Takes deliveries out of an archive, one after another, and counts what became of them.
struct ExportRun {
    private let reader: ArchiveReader
    private let isMasked: Bool
    private let console: Console
    private(set) var count = 0
    private(set) var prunedCount = 0
    /// Deliveries that do not read back.
    private(set) var damagedCount = 0
    private var byteCount: Int64 = 0

    private let isStopped: () -> Bool

    init(
        reader: ArchiveReader, isMasked: Bool, console: Console,
        isStopped: @escaping () -> Bool = { Interruption.hasHappened }
    ) {
        self.isStopped = isStopped
        self.reader = reader
        self.isMasked = isMasked
        self.console = console
    }

    /// The numbers of what is to be exported, oldest first.
    ///
    /// - Parameter last: the delivery after which an earlier run stopped.
    func ids(matching filter: ReportFilter, after last: Int64?) throws -> ArraySlice<DeliveryID> {
        let ids = try MatchingReports(reader: reader, console: console).deliveryIDs(filter)
        guard let last else { return ids[...] }
        return ids.drop { $0.rawValue <= last }
    }

    mutating func export(_ ids: ArraySlice<DeliveryID>, to export: some DeliveryExport) throws {
        if !isMasked {
            console.hint("the export holds headers and targets as they came; --masked hides credentials")
        }
        var export = export
        var progress = TransferProgress("exported", of: ids.count, on: console)
        Interruption.note()
        defer { Interruption.release() }
        for id in ids {
            guard !isStopped() else {
                try export.stop()
                progress.end()
                console.note(
                    "stopped by Ctrl-C after \(count + prunedCount) of \(HumanText.count(ids.count, "delivery", "deliveries"))"
                        + (export.canResume ? "; the same command with --resume goes on" : ""))
                throw ExitStatus.interrupted
            }
            guard let record = try record(id) else { continue }
            try export.add(record)
            if record.kept.pruningReason == nil { count += 1 } else { prunedCount += 1 }
            progress.tell(count + prunedCount, byteCount: export.byteCount)
        }
        try export.finish()
        byteCount = export.byteCount
        progress.end()
    }

    /// Nil for a delivery that retention took meanwhile, and for one that is damaged, which must not hold up the others.
    private mutating func record(_ id: DeliveryID) throws(CommandFailure) -> DeliveryRecord? {
        do throws(ArchiveReadFailure) {
            guard let kept = try reader.keptDelivery(id) else { return nil }
            return DeliveryRecord(kept: kept, reports: try reader.reports(of: id), isMasked: isMasked)
        } catch .archive(.damaged(let what)) {
            console.progress("")
            console.note("callbox: left out: \(TerminalText.escape(what))")
            damagedCount += 1
            return nil
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Says what came of it; damage is an exit status of its own.
    func tell(place: String?) throws {
        var parts = ["exported \(HumanText.count(count, "delivery", "deliveries"))"]
        if prunedCount > 0 { parts.append("and \(prunedCount) without their bodies, which were pruned") }
        parts.append("(\(HumanText.byteCount(byteCount)))")
        if let place { parts.append("to \(TerminalText.escape(place))") }
        console.note(parts.joined(separator: " "))
        guard damagedCount == 0 else {
            throw CommandFailure(
                .damagedData, "\(HumanText.count(damagedCount, "delivery", "deliveries")) left out as damaged",
                advice: "Run 'callbox archive verify' to list everything that does not read back.")
        }
    }
}
