internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal

/// Scans one part: candidates from the index, then their bodies.
struct BodyScanner {
    let filter: ReportFilter
    let matcher: BodyMatcher
    let reader: ArchiveReader
    let watch: ScanWatch
    let largeBodies: LargeBodies

    /// The delivery whose reports are being matched.
    private struct Current {
        let id: Int64
        /// Nil if it cannot be decompressed.
        let body: [UInt8]?
        /// Nil if the body is empty: then each report is matched.
        var matches: Bool?
    }

    /// The matches in a range of arrivals, newest first. Ends early if the watch is stopped.
    func scan(
        _ part: ClosedRange<Int64>
    ) throws -> (reports: [ReportSummary], counts: ScanCounts) {
        var reports: [ReportSummary] = []
        var counts = ScanCounts()
        try reader.read { db in
            guard let query = try ReportQuery(filter, within: part, db) else { return }
            let bodies = try isNarrowed ? nil : BodyCursor(Self.deliveries(in: part), db, reader.dictionaries)
            var current: Current?
            try query.forEachCandidate(db) { match in
                guard !watch.isStopped else { return false }
                let id = ArrivalID(rawValue: match.arrival).deliveryID
                guard try query.holds(match, db) else { return true }
                if current?.id != id { current = try open(id, bodies, &counts, db) }
                guard let body = current?.body else { return true }
                let isMatch =
                    try current?.matches
                    ?? matcher.matches(body) { try Self.externalInfo(ofReport: match.report, db) }
                if isMatch, let summary = try query.summary(match, db) { reports.append(summary) }
                return true
            }
        }
        return (reports, counts)
    }

    /// Whether the index leaves few of neighbouring deliveries.
    private var isNarrowed: Bool {
        !filter.fields.isEmpty || !filter.fieldTests.isEmpty
    }

    private static func deliveries(in part: ClosedRange<Int64>) -> ClosedRange<Int64> {
        ArrivalID(rawValue: part.lowerBound).deliveryID...ArrivalID(rawValue: part.upperBound).deliveryID
    }

    private func open(
        _ id: Int64, _ bodies: BodyCursor?, _ counts: inout ScanCounts, _ db: Database
    ) throws -> Current {
        let stored =
            try bodies.map { try $0.body(of: id) }
            ?? StoredBody.at(DeliveryID(rawValue: id), db, reader.dictionaries)
        guard let stored else {
            counts.damaged += 1
            return Current(id: id, body: nil)
        }
        return largeBodies.oneByOne(stored.byteCount) {
            do throws(ArchiveError) {
                // A compressed body brings a checksum of its own.
                let isCompressed = stored.encoding == .zlib
                let body = try isCompressed ? stored.decompressed() : stored.opened()
                counts.scanned += 1
                return Current(id: id, body: body, matches: body.isEmpty ? nil : matcher.matches(body) { nil })
            } catch .pruned {
                counts.skipped += 1
            } catch {
                counts.damaged += 1
            }
            return Current(id: id, body: nil)
        }
    }

    private static func externalInfo(ofReport id: Int64, _ db: Database) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT externalInfo FROM report WHERE id = ?"), arguments: [id])
    }
}

/// Lets one scanner at a time open a body that needs much memory.
final class LargeBodies: Sendable {
    private static let byteCountLimit = 2 << 20
    private let lock = NSLock()

    func oneByOne<Value>(_ byteCount: Int, _ work: () throws -> Value) rethrows -> Value {
        guard byteCount > Self.byteCountLimit else { return try work() }
        lock.lock()
        defer { lock.unlock() }
        return try work()
    }
}
