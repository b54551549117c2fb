package import Deliveries
package import Journal

/// Carries pruning decisions out: summaries replace bodies, gaps replace whole entries.
package struct Pruner: Sendable {
    private let reader: ArchiveReader
    private let writer: JournalWriter
    private let parser: ReportParser

    package init(_ reader: ArchiveReader, _ writer: JournalWriter, _ parser: ReportParser) {
        self.reader = reader
        self.writer = writer
        self.parser = parser
    }

    /// Removes what was decided. If a legal hold was placed since the decisions, the rest stays for the next run.
    ///
    /// - Returns: the decisions that were carried out.
    package func carryOut(_ slice: PruningSlice, at now: Timestamp) throws(ArchiveError) -> [PruningDecision] {
        var done: [PruningDecision] = []
        for reason in slice.decisions.map({ ByteText($0.reason) }).uniqued() {
            let decisions = slice.decisions.filter { ByteText($0.reason) == reason }
            let bodies = decisions.filter { $0.extent == .body }.map(body)
            let pruned = try writer.pruneBodies(
                bodies, reason: reason.text, holdsKnownUpTo: slice.holdsKnownUpTo, at: now)
            let removed = try writer.removeEntries(
                decisions.filter { $0.extent == .everything }.map(\.id), reason: reason.text,
                holdsKnownUpTo: slice.holdsKnownUpTo, at: now)
            let ids = Set(pruned + removed)
            done += decisions.filter { ids.contains($0.id) }
        }
        return done
    }

    /// The summary is what the index would hold if the body were parsed again. What crashed a parser is not parsed.
    private func body(_ decision: PruningDecision) -> BodyToPrune {
        let first = (try? reader.reports(of: decision.id))?.first
        if first?.report.problem == ReportContent.crashProblem {
            let summary = ReportContent.unreadable(
                decision.id, source: decision.source, problem: ReportContent.crashProblem)
            return BodyToPrune(delivery: decision.id, summary: [summary])
        }
        let delivery = (try? reader.delivery(decision.id)) ?? nil
        return BodyToPrune(
            delivery: decision.id,
            summary: delivery.map(parser.parse) ?? [.unreadable(decision.id, source: decision.source)])
    }
}
