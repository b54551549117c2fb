import ArchiveTestKit
import Crypto
import Deliveries
import GRDB
import TestKit

@testable import Journal
@testable import ReportIndex

extension IndexedDelivery {
    /// A delivery with defaults for all properties.
    static func fixture(
        _ id: Int64, source: String = "klavi", receivedAt: Timestamp = .fixture,
        _ reports: [RoutedReport] = [.fixture()]
    ) -> IndexedDelivery {
        IndexedDelivery(
            id: DeliveryID(rawValue: id), source: source, receivedAt: receivedAt, originID: 1, byteCount: 0,
            reports: reports)
    }
}

/// Archives of deliveries at chosen positions with empty bodies.
enum SparseArchive {
    static func withReader(
        _ deliveries: [IndexedDelivery], _ body: (ArchiveReader) throws -> Void
    ) async throws {
        try await IndexArchive.with { archive in
            try archive.writeBatch(deliveries)
            try body(archive.reader())
        }
    }

    /// Inserts journal entries at the positions of the deliveries. Returns the deliveries with their origins.
    static func insertEntries(
        for deliveries: [IndexedDelivery], _ directory: ArchiveDirectory
    ) throws -> [IndexedDelivery] {
        try PlainConnection.open(directory.journal.path) { db in
            var indexed: [IndexedDelivery] = []
            try db.inTransaction {
                for delivery in deliveries {
                    try db.execute(
                        sql:
                            "INSERT OR IGNORE INTO origin (type, source, verification) VALUES ('delivery', ?, 'unverified')",
                        arguments: [delivery.source])
                    let origin = try Int64.fetchOne(
                        db, sql: "SELECT id FROM origin WHERE source = ?", arguments: [delivery.source])
                    try db.execute(
                        sql: """
                            INSERT OR IGNORE INTO entry (position, uuid, recordedAtMilliseconds, originId, byteCount, bodySHA256, chain,
                                salt, encoding, head, body)
                            VALUES (?, randomblob(16), ?, ?, 0, ?, zeroblob(32), zeroblob(16), 0,
                                CAST('["POST","/","::",[]]' AS BLOB), x'')
                            """,
                        arguments: [
                            delivery.id.rawValue, delivery.receivedAt.millisecondsSinceEpoch, origin,
                            Blob(SHA256.bytes(of: [])),
                        ])
                    indexed.append(
                        IndexedDelivery(
                            id: delivery.id, source: delivery.source, receivedAt: delivery.receivedAt,
                            originID: origin ?? 0,
                            byteCount: 0, reports: delivery.reports))
                }
                return .commit
            }
            return indexed
        }
    }

    /// The keys of the reports that a filter finds, newest first. Fixtures store the key as the problem.
    static func keys(
        in deliveries: [IndexedDelivery], _ adjust: (inout ReportFilter) -> Void
    ) async throws -> [String] {
        var filter = ReportFilter()
        adjust(&filter)
        var keys: [String] = []
        try await withReader(deliveries) { keys = try $0.reports(matching: filter).compactMap(\.problem) }
        return keys
    }
}
