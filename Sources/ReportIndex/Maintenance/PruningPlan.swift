package import Deliveries
internal import Foundation
internal import GRDB

/// What is removed of one delivery, and why.
package struct PruningDecision: Sendable, Equatable {
    /// How much is removed.
    package enum Extent: String, Sendable {
        /// The body; the entry and its reports stay.
        case body
        /// All of it; a gap in the numbering stays, with the chain.
        case everything
    }

    package let id: DeliveryID
    package let receivedAt: Timestamp
    package let source: String
    /// Of its reports, each once.
    package let types: [String]
    package let extent: Extent
    /// Of the body, as stored.
    package let byteCount: Int64
    package let reason: String
}

/// Some deliveries that were considered, and what is removed of them.
package struct PruningSlice: Sendable {
    /// The last delivery that was considered; nil at the end.
    package let last: DeliveryID?
    package let decisions: [PruningDecision]
    /// The position up to which legal holds were considered.
    package let holdsKnownUpTo: Int64
}

extension ArchiveReader {
    /// Deliveries in one slice.
    static let pruningSliceCount = 512

    /// Looks at the next deliveries by the retention's terms. A delivery that the index has not reached is not looked at.
    ///
    /// - Parameters:
    ///   - last: the delivery after which to go on; nil for the first.
    ///   - now: the moment from which ages are counted.
    package func pruning(
        by retention: EffectiveRetention, after last: DeliveryID?, now: Timestamp
    ) throws -> PruningSlice {
        try read { db in
            let holds = try HoldTable(db)
            let cursor = try IndexState.cursor(db)
            let start = max(last?.rawValue ?? 0, try firstOld(after: last?.rawValue ?? 0, retention, now, db) - 1)
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        \(Self.pruningSelect)
                        WHERE delivery.id > ? ORDER BY delivery.id LIMIT \(Self.pruningSliceCount)
                        """), arguments: [start])
            let decisions = try rows.compactMap { try Self.decide($0, retention, holds, now, db) }
            let end = try rows.last.map { DeliveryID(rawValue: try $0.decode(atIndex: 0)) }
            return PruningSlice(last: end, decisions: decisions, holdsKnownUpTo: cursor)
        }
    }

    /// What a decision looks at.
    static let pruningSelect = """
        SELECT delivery.id, delivery.receivedAtMilliseconds, origin.source, origin.verification, entry.encoding = 2,
            length(entry.body)
        FROM delivery JOIN origin ON origin.id = delivery.originId JOIN entry ON entry.position = delivery.id
        """

    /// The first delivery that may be old enough, by the times that the spans keep.
    private func firstOld(after last: Int64, _ retention: EffectiveRetention, _ now: Timestamp, _ db: Database) throws
        -> Int64
    {
        guard let shortest = retention.shortest, last < .max else { return .max }
        let horizon = now.advanced(byMilliseconds: -shortest.wholeMilliseconds)
        let span = try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT id FROM span WHERE id >= ? AND firstReceivedAtMilliseconds <= ? ORDER BY id LIMIT 1"),
            arguments: [(last + 1) >> TimeSpan.bits, horizon.millisecondsSinceEpoch])
        return span.map { $0 << TimeSpan.bits } ?? .max
    }

    private static func decide(
        _ row: Row, _ retention: EffectiveRetention, _ holds: HoldTable, _ now: Timestamp, _ db: Database
    ) throws -> PruningDecision? {
        let id = try row.decode(Int64.self, atIndex: 0)
        let receivedAt = Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1))
        let isPruned = try row.decode(Bool.self, atIndex: 4)
        let brought = try BroughtReport.all(by: id, db)
        let subject = Retention.Subject(
            source: try row.decode(atIndex: 2), verification: try row.decode(atIndex: 3),
            reports: brought.map { ($0.type, $0.rule) })
        let (keep, keepMetadata) = retention.terms(for: subject)
        // A repeated report is as old as its last arrival.
        let lastArrival = brought.compactMap(\.lastReceivedAt).max() ?? receivedAt
        let decision: (extent: PruningDecision.Extent, term: Retention.Term)
        // A repeated report has the ID of its first delivery, which therefore stays until the repeats are removed.
        if keepMetadata.isOver(since: max(receivedAt, lastArrival), now), !brought.contains(where: \.cameAgain) {
            decision = (.everything, keepMetadata)
        } else if !isPruned, keep.isOver(since: receivedAt, now) {
            decision = (.body, keep)
        } else {
            return nil
        }
        guard try !holds.holds(id, reports: brought.map(\.id), db) else { return nil }
        return PruningDecision(
            id: DeliveryID(rawValue: id), receivedAt: receivedAt, source: subject.source,
            types: brought.map(\.type).uniqued(), extent: decision.extent,
            byteCount: isPruned ? 0 : try row.decode(Int64?.self, atIndex: 5) ?? 0,
            reason: decision.term.reason(decision.extent))
    }
}

/// A report that a delivery brought, first or again.
struct BroughtReport {
    let id: Int64
    let type: String
    let rule: String?
    let lastReceivedAt: Timestamp?
    /// Whether this delivery was the first to bring it, and a later one that is still there brought it again.
    let cameAgain: Bool

    static func all(by delivery: Int64, _ db: Database) throws -> [BroughtReport] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT report.id, category.type, category.rule, last.receivedAtMilliseconds,
                        report.id >> 20 = ?1
                            AND EXISTS (SELECT 1 FROM attempt WHERE reportId = report.id AND attempt.id >> 20 > ?1)
                    FROM (
                        SELECT id FROM report WHERE id BETWEEN ?1 << 20 AND ((?1 + 1) << 20) - 1
                        UNION SELECT reportId FROM attempt WHERE id BETWEEN ?1 << 20 AND ((?1 + 1) << 20) - 1
                    ) AS brought
                    JOIN report ON report.id = brought.id JOIN category ON category.id = report.categoryId
                    LEFT JOIN delivery AS last ON last.id = report.lastDeliveryId
                    """), arguments: [delivery]
        ).map { row in
            BroughtReport(
                id: try row.decode(atIndex: 0), type: try row.decode(atIndex: 1), rule: try row.decode(atIndex: 2),
                lastReceivedAt: try row.decode(Int64?.self, atIndex: 3).map(Timestamp.init(millisecondsSinceEpoch:)),
                cameAgain: try row.decode(atIndex: 4))
        }
    }
}

extension Retention {
    /// The shortest retention time; nil if everything is kept for ever.
    var shortest: Duration? {
        sources.values.flatMap { [$0.terms] + $0.routes.values + $0.states.values }
            .flatMap { [$0.keep, $0.keepMetadata] }.compactMap(\.self).min()
    }
}

extension Retention.Term {
    fileprivate func isOver(since moment: Timestamp, _ now: Timestamp) -> Bool {
        guard let duration else { return false }
        return now.milliseconds(since: moment) >= duration.wholeMilliseconds
    }

    fileprivate func reason(_ extent: PruningDecision.Extent) -> String {
        let name = extent == .body ? "keep" : "keep-metadata"
        return "\(name) \(duration?.inWords ?? "") of \(origin) is over"
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        let (milliseconds, isTooLong) = components.seconds.multipliedReportingOverflow(by: 1000)
        if isTooLong { return .max }
        let rest = components.attoseconds / 1_000_000_000_000_000
        return milliseconds.addingReportingOverflow(rest).overflow ? .max : milliseconds + rest
    }

    /// `180d`, `36h`, `90s`, `1500ms`.
    fileprivate var inWords: String {
        let seconds = components.seconds
        if components.attoseconds != 0 { return "\(wholeMilliseconds)ms" }
        if seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
        return seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds)s"
    }
}

extension ArchiveReader {
    /// What is taken of deliveries whose bodies a person wants gone, whatever retention says: nothing of those that are held,
    /// whose body is gone already, or that the index has not reached.
    ///
    /// - Parameters:
    ///   - ids: a slice's worth of them.
    ///   - reason: kept with each.
    package func pruning(
        of ids: some Sequence<DeliveryID>, because reason: String
    ) throws -> PruningSlice {
        try read { db in
            let holds = try HoldTable(db)
            let decisions = try ids.compactMap { try Self.decide($0, reason, holds, db) }
            return PruningSlice(last: nil, decisions: decisions, holdsKnownUpTo: try IndexState.cursor(db))
        }
    }

    private static func decide(
        _ id: DeliveryID, _ reason: String, _ holds: HoldTable, _ db: Database
    ) throws -> PruningDecision? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "\(pruningSelect) WHERE delivery.id = ?"), arguments: [id.rawValue])
        guard let row, try !row.decode(Bool.self, atIndex: 4) else { return nil }
        let brought = try BroughtReport.all(by: id.rawValue, db)
        guard try !holds.holds(id.rawValue, reports: brought.map(\.id), db) else { return nil }
        return PruningDecision(
            id: id, receivedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)),
            source: try row.decode(atIndex: 2), types: brought.map(\.type).uniqued(), extent: .body,
            byteCount: try row.decode(Int64?.self, atIndex: 5) ?? 0, reason: reason)
    }
}
