import Deliveries
import GRDB
import TestKit

@testable import ReportArchive

extension ProjectedDelivery {
    /// A delivery with a default for everything, so that each argument of a test matters.
    static func fixture(
        _ id: Int64, source: String = "klavi", receivedAt: Timestamp = .fixture,
        _ reports: [RoutedReport] = [.fixture()]
    ) -> ProjectedDelivery {
        ProjectedDelivery(id: DeliveryID(rawValue: id), source: source, receivedAt: receivedAt, reports: reports)
    }
}

extension ArchiveWriter {
    /// Puts rows into the journal under the numbers that the deliveries have, and says little in them.
    func insertRows(for deliveries: [ProjectedDelivery]) throws {
        try perform { db in
            try db.inTransaction {
                for delivery in deliveries {
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO origin (source, verification) VALUES (?, 'unverified')",
                        arguments: [delivery.source])
                    try db.execute(
                        sql: """
                            INSERT INTO journal SELECT ?, zeroblob(16), ?, id, 0, zeroblob(32), zeroblob(32),
                                CAST('["POST","/","::",[]]' AS BLOB) FROM origin WHERE source = ?
                            """,
                        arguments: [
                            delivery.id.rawValue, delivery.receivedAt.millisecondsSinceEpoch, delivery.source,
                        ])
                    try db.execute(
                        sql: "INSERT INTO body (journalId, encoding, bytes) VALUES (?, 'raw', x'')",
                        arguments: [delivery.id.rawValue])
                }
                return .commit
            }
        }
    }
}

/// Archives whose deliveries have the numbers that a test gives them, far apart where it likes.
enum SparseArchive {
    static func withReader(
        _ deliveries: [ProjectedDelivery], _ body: (ArchiveReader) throws -> Void
    ) async throws {
        try await TestArchive.withWriter { writer in
            try writer.insertRows(for: deliveries)
            try writer.project(deliveries)
            try body(ArchiveReader(writer.location))
        }
    }

    /// The problems of what a filter finds, in the order it gives them; fixtures have their key there.
    static func keys(
        in deliveries: [ProjectedDelivery], _ adjust: (inout ReportFilter) -> Void
    ) async throws -> [String] {
        var filter = ReportFilter()
        adjust(&filter)
        var keys: [String] = []
        try await withReader(deliveries) { keys = try $0.reports(matching: filter).compactMap(\.problem) }
        return keys
    }
}
