package import Deliveries
internal import Foundation
internal import GRDB
package import Journal

/// The part of a delivery to remove, and the reason.
package struct PruningDecision: Sendable, Equatable {
    package enum Extent: String, Sendable {
        /// The body is removed; the entry and its reports remain.
        case body
        /// The entry is removed; a gap with the chain hash remains.
        case everything
    }

    package let id: DeliveryID
    package let receivedAt: Timestamp
    package let source: String
    /// The types of the delivery's reports, each once.
    package let types: [String]
    package let extent: Extent
    /// The length of the stored body.
    package let byteCount: Int64
    package let reason: String
}

/// The decisions for a part of the deliveries.
package struct PruningSlice: Sendable {
    /// The last delivery that was considered; nil if no deliveries remain to be considered.
    package let last: DeliveryID?
    package let decisions: [PruningDecision]
    /// The position up to which legal holds were considered.
    package let holdsKnownUpTo: Int64
}

extension ArchiveReader {
    /// The number of deliveries in one slice.
    static let pruningSliceCount = 512

    /// Applies the retention settings to the next indexed deliveries.
    ///
    /// - Parameters:
    ///   - last: the end of the previous slice; nil for the first slice.
    ///   - now: the time at which ages are computed.
    package func pruning(
        by retention: EffectiveRetention, after last: DeliveryID?, now: Timestamp
    ) throws -> PruningSlice {
        try read { db in
            let holds = try HoldTable(db)
            let last = last?.rawValue ?? 0
            let start = max(last, try firstOld(after: last, retention, now, db) - 1)
            let candidates = try PruningCandidate.all(
                "delivery.id > ? ORDER BY delivery.id LIMIT \(Self.pruningSliceCount)", [start], db)
            let decisions = try candidates.compactMap { candidate in
                let (extent, term) = retention.decision(on: candidate, now)
                return try term.flatMap { try candidate.decision(extent, $0.reason(extent), holds, db) }
            }
            return PruningSlice(
                last: candidates.last?.id, decisions: decisions, holdsKnownUpTo: try IndexState.cursor(db))
        }
    }

    /// Prunes the bodies of chosen deliveries, regardless of retention. Skips deliveries that are held, already pruned
    /// or not indexed.
    ///
    /// - Parameters:
    ///   - ids: the deliveries, about one slice.
    ///   - reason: the reason to record for each delivery.
    package func pruning(of ids: some Sequence<DeliveryID>, because reason: String) throws -> PruningSlice {
        try read { db in
            let holds = try HoldTable(db)
            let decisions = try ids.compactMap { id in
                try PruningCandidate.all("delivery.id = ?", [id], db).first.flatMap { candidate in
                    try candidate.isPruned ? nil : candidate.decision(.body, reason, holds, db)
                }
            }
            return PruningSlice(last: nil, decisions: decisions, holdsKnownUpTo: try IndexState.cursor(db))
        }
    }

    /// The first delivery that may be old enough. Skips whole time spans, because reading each delivery would be slow.
    private func firstOld(
        after last: Int64, _ retention: EffectiveRetention, _ now: Timestamp, _ db: Database
    ) throws -> Int64 {
        guard let shortest = retention.shortest, last < .max else { return .max }
        let horizon = now.advanced(byMilliseconds: -shortest.wholeMilliseconds)
        let span = try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT id FROM span WHERE id >= ? AND firstReceivedAtMilliseconds <= ? ORDER BY id LIMIT 1"),
            arguments: [(last + 1) >> TimeSpan.bits, horizon])
        return span.map { $0 << TimeSpan.bits } ?? .max
    }
}

/// A delivery that may be pruned, with its reports.
struct PruningCandidate {
    let id: DeliveryID
    let receivedAt: Timestamp
    let source: String
    let verification: String
    let isPruned: Bool
    let storedByteCount: Int64
    let headByteCount: Int64
    let reports: [BroughtReport]

    static func all(
        _ condition: String, _ arguments: StatementArguments, _ db: Database
    ) throws -> [PruningCandidate] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT delivery.id, delivery.receivedAtMilliseconds, origin.source, origin.verification,
                        entry.encoding = 2, length(entry.body), length(entry.head)
                    FROM delivery JOIN origin ON origin.id = delivery.originId
                        JOIN entry ON entry.position = delivery.id
                    WHERE \(condition)
                    """), arguments: arguments
        ).map { row in
            let id: DeliveryID = try row.decode(atIndex: 0)
            return PruningCandidate(
                id: id, receivedAt: try row.decode(atIndex: 1), source: try row.decode(atIndex: 2),
                verification: try row.decode(atIndex: 3), isPruned: try row.decode(atIndex: 4),
                storedByteCount: try row.decode(Int64?.self, atIndex: 5) ?? 0,
                headByteCount: try row.decode(Int64?.self, atIndex: 6) ?? 0, reports: try BroughtReport.all(by: id, db))
        }
    }

    /// The decision for the delivery; nil if it is held.
    func decision(
        _ extent: PruningDecision.Extent, _ reason: String, _ holds: HoldTable, _ db: Database
    ) throws -> PruningDecision? {
        guard try !holds.holds(id, reports: reports.map(\.id), db) else { return nil }
        return PruningDecision(
            id: id, receivedAt: receivedAt, source: source,
            types: reports.map { ByteText($0.type) }.uniqued().map(\.text), extent: extent,
            byteCount: isPruned ? 0 : storedByteCount, reason: reason)
    }
}

/// One arrival of a report in a delivery: the first arrival or a repeat.
struct BroughtReport {
    let id: ArrivalID
    let type: String
    let rule: String?
    let lastReceivedAt: Timestamp?
    /// True if this delivery contains the report's first arrival, and a later delivery that still exists repeats the
    /// report.
    let cameAgain: Bool

    static func all(by delivery: DeliveryID, _ db: Database) throws -> [BroughtReport] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT report.id, category.type, category.rule, last.receivedAtMilliseconds,
                        report.id >> 20 = ?1
                            AND EXISTS (SELECT 1 FROM attempt WHERE reportId = report.id AND attempt.id >> 20 > ?1)
                    FROM (
                        SELECT id FROM report WHERE id BETWEEN ?1 << 20 AND ((?1 + 1) << 20) - 1
                        UNION SELECT reportId FROM attempt WHERE id BETWEEN ?1 << 20 AND ((?1 + 1) << 20) - 1
                    ) AS arrived
                    JOIN report ON report.id = arrived.id JOIN category ON category.id = report.categoryId
                    LEFT JOIN delivery AS last ON last.id = report.lastDeliveryId
                    """), arguments: [delivery]
        ).map { row in
            BroughtReport(
                id: try row.decode(atIndex: 0), type: try row.decode(atIndex: 1), rule: try row.decode(atIndex: 2),
                lastReceivedAt: try row.decode(atIndex: 3), cameAgain: try row.decode(atIndex: 4))
        }
    }
}

extension EffectiveRetention {
    /// The part of a delivery to remove according to its retention terms, and the term that has ended. Nil if no part
    /// is removed.
    fileprivate func decision(
        on candidate: PruningCandidate, _ now: Timestamp
    ) -> (extent: PruningDecision.Extent, term: Retention.Term?) {
        let (keep, keepMetadata) = terms(
            for: Retention.Subject(
                source: candidate.source, verification: candidate.verification,
                reports: candidate.reports.map { ($0.type, $0.rule) }))
        let receivedAt = candidate.receivedAt
        // The age of a repeated report is the age of its last arrival.
        let lastArrival = candidate.reports.compactMap(\.lastReceivedAt).max() ?? receivedAt
        // The first delivery of a repeated report must be removed after the repeats, because the report's ID contains
        // the ID of this delivery.
        let isRepeated = candidate.reports.contains(where: \.cameAgain)
        if !isRepeated, keepMetadata.isOver(since: max(receivedAt, lastArrival), now) {
            return (.everything, keepMetadata)
        }
        return (.body, !candidate.isPruned && keep.isOver(since: receivedAt, now) ? keep : nil)
    }
}

extension Retention.Term {
    fileprivate func isOver(since moment: Timestamp, _ now: Timestamp) -> Bool {
        guard let duration else { return false }
        return now.milliseconds(since: moment) >= duration.wholeMilliseconds
    }

    fileprivate func reason(_ extent: PruningDecision.Extent) -> String {
        let name = extent == .body ? "keep" : "keep-metadata"
        return "older than '\(name): \(duration?.inWords ?? "")' of \(origin)"
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        let (milliseconds, isTooLong) = components.seconds.multipliedReportingOverflow(by: 1000)
        if isTooLong { return .max }
        let rest = components.attoseconds / 1_000_000_000_000_000
        return milliseconds.addingReportingOverflow(rest).overflow ? .max : milliseconds + rest
    }

    /// The duration as text: `180d`, `36h`, `90s` or `1500ms`.
    fileprivate var inWords: String {
        let seconds = components.seconds
        if components.attoseconds != 0 { return "\(wholeMilliseconds)ms" }
        if seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
        return seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds)s"
    }
}
