internal import CallboxServer
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension ArchiveCommand.Prune {
    /// Deliveries of one request: a few parts of milliseconds for the writer.
    private static let sliceCount = 512

    private static let defaultReason = "pruned by hand"

    /// Takes the bodies of exactly what matches, or shows them.
    func pruneBodies(matching filter: ReportFilter, _ access: ArchiveAccess, _ console: Console) async throws {
        let reader = try await access.reader()
        let ids = try MatchingReports(reader: reader, console: console).deliveryIDs(filter)
        let reason = reason ?? Self.defaultReason
        if dryRun { return try preview(ids, reason, reader, console) }
        let total = try await access.writing { session in
            var total = PruneTotals()
            for start in stride(from: 0, to: ids.count, by: Self.sliceCount) {
                let began = ContinuousClock.now
                let slice = Array(ids[start..<min(start + Self.sliceCount, ids.count)])
                guard case .pruned(let pruned) = try await session.run(.pruneBodies(slice, reason: reason)) else {
                    break
                }
                total.bodyCount += pruned.bodyCount
                total.byteCount += pruned.byteCount
                console.progress("\(total.bodyCount) of \(ids.count) bodies pruned")
                if session.isServed { try? await Task.sleep(for: began.duration(to: .now)) }
            }
            return total
        }
        console.progress("")
        try console.print(
            "\(HumanText.count(total.bodyCount, "body", "bodies")) pruned, "
                + "\(HumanText.byteCount(total.byteCount)) of stored bodies")
        tell(kept: ids.count - Int(clamping: total.bodyCount), console)
    }

    private func preview(_ ids: [DeliveryID], _ reason: String, _ reader: ArchiveReader, _ console: Console) throws {
        var view = PruningView(formats.resolved(for: console), console)
        var count = 0
        for start in stride(from: 0, to: ids.count, by: Self.sliceCount) {
            let slice = ids[start..<min(start + Self.sliceCount, ids.count)]
            let decisions = try translating {
                try reader.pruning(of: slice, because: reason)
            }
            for decision in decisions.decisions { try view.add(decision) }
            count += decisions.decisions.count
        }
        try view.finish(nothing: "no body matches")
        tell(kept: ids.count - count, console)
    }

    private func tell(kept count: Int, _ console: Console) {
        guard count > 0 else { return }
        console.note(
            "\(HumanText.count(count, "delivery matches and is", "deliveries match and are")) held, or pruned already")
    }
}
