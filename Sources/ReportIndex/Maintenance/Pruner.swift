package import Deliveries
package import Journal

/// Applies pruning decisions: replaces a body with a summary, or an entry with a gap.
package struct Pruner: Sendable {
    private let reader: ArchiveReader
    private let remover: any EntryRemover
    private let parser: ReportParser

    package init(_ reader: ArchiveReader, _ remover: any EntryRemover, _ parser: ReportParser) {
        self.reader = reader
        self.remover = remover
        self.parser = parser
    }

    /// Applies the decisions and returns those that were applied. If a legal hold was placed after the slice was read,
    /// the remaining decisions are left for the next run.
    package func carryOut(_ slice: PruningSlice, at now: Timestamp) throws -> [PruningDecision] {
        var done: [PruningDecision] = []
        for reason in slice.decisions.map({ ByteText($0.reason) }).uniqued() {
            let decisions = slice.decisions.filter { ByteText($0.reason) == reason }
            let bodies = decisions.filter { $0.extent == .body }.map(body)
            let pruned = try remover.pruneBodies(
                bodies, reason: reason.text, holdsKnownUpTo: slice.holdsKnownUpTo, at: now)
            let removed = try remover.removeEntries(
                decisions.filter { $0.extent == .everything }.map(\.id), reason: reason.text,
                holdsKnownUpTo: slice.holdsKnownUpTo, at: now)
            let ids = Set(pruned + removed)
            done += decisions.filter { ids.contains($0.id) }
        }
        return done
    }

    /// The body to prune, with a summary of the reports that parsing the body produces. A body that crashed the parser
    /// is not parsed again.
    private func body(_ decision: PruningDecision) -> BodyToPrune {
        let first = (try? reader.reports(of: decision.id))?.first
        let summary: [ReportContent] =
            if first?.report.problem == ReportContent.crashProblem {
                [.unreadable(decision.id, source: decision.source, problem: ReportContent.crashProblem)]
            } else if let delivery = (try? reader.delivery(decision.id)) ?? nil {
                parser.parse(delivery)
            } else {
                [.unreadable(decision.id, source: decision.source)]
            }
        return BodyToPrune(delivery: decision.id, summary: summary)
    }
}
