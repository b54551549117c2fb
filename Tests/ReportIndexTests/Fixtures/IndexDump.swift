import Deliveries
import GRDB
import TestKit

@testable import ReportArchive

/// Every row of the projection's tables, in a stable order.
struct ProjectionDump: Equatable {
    let rows: [String: [Row]]

    /// Those that a rebuild empties, and the cursor.
    static let tables = ["report", "attempt", "identity", "field", "span", "projection"]
    /// What is only added to, or changed so that it reads the same.
    private static let lasting = ["category", "fieldName", "body"]

    init(_ location: ArchiveLocation) throws {
        rows = try ArchiveReader(location).read { db in
            var rows: [String: [Row]] = [:]
            for table in Self.tables + Self.lasting {
                let columns = try db.columns(in: table).indices.map { "\($0 + 1)" }.joined(separator: ", ")
                rows[table] = try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY \(columns)")
            }
            return rows
        }
    }

    func count(_ table: String) -> Int {
        rows[table]?.count ?? 0
    }

    /// The number of the last delivery that was projected.
    var cursor: Int64? {
        rows["projection"]?.first?["journalId"]
    }
}

extension Projector {
    /// A projector that reads deliveries as the sample sources do.
    static func forSamples(_ writer: ArchiveWriter) throws -> Projector {
        try Projector(writer) { delivery in
            SampleSources.interpret(delivery).map { RoutedReport(content: $0.content, route: $0.route) }
        }
    }

    /// A projector for which each delivery is one report with the target as its kind and key.
    static func byTarget(_ writer: ArchiveWriter) throws -> Projector {
        try Projector(writer) { delivery in
            let target = delivery.request.target.text
            return [RoutedReport(content: ReportContent(provider: "test", kind: target, dedupeKey: target), route: nil)]
        }
    }
}
