internal import BodyCompression
package import Deliveries
internal import Foundation
internal import GRDB

/// What going over some bodies came to.
package struct RepackSlice: Sendable, Equatable {
    /// The last delivery looked at; nil where there are none left.
    package let last: DeliveryID?
    package let bodyCount: Int
    package let repackedCount: Int
    /// As stored, of the bodies looked at.
    package let byteCountBefore: Int64
    package let byteCountAfter: Int64

    package init(
        last: DeliveryID?, bodyCount: Int, repackedCount: Int, byteCountBefore: Int64, byteCountAfter: Int64
    ) {
        self.last = last
        self.bodyCount = bodyCount
        self.repackedCount = repackedCount
        self.byteCountBefore = byteCountBefore
        self.byteCountAfter = byteCountAfter
    }
}

extension ArchiveWriter {
    private static let repackName = "repack"
    /// A body is rewritten where that saves this much, so that a second run finds nothing to do.
    private static let percentToSave = 3

    /// Where the last run that was not finished had come to.
    package func repackPosition() throws(ArchiveError) -> DeliveryID? {
        try perform { db in
            try Int64.fetchOne(db, sql: "SELECT journalId FROM upkeep WHERE name = ?", arguments: [Self.repackName])
        }.map(DeliveryID.init(rawValue:))
    }

    /// Compresses the next bodies with today's dictionaries, where that makes them smaller. Each is opened again and compared
    /// before it takes the old one's place.
    ///
    /// - Parameter last: the delivery after which to go on; nil for the first.
    package func repack(after last: DeliveryID?, _ reader: ArchiveReader) throws(ArchiveReadFailure) -> RepackSlice {
        let rows = try reader.read { db in
            try JournalRows.batch(
                after: last?.rawValue ?? 0, countLimit: 256, byteCountLimit: 4 << 20, db, reader.dictionaries
            ).map { row in
                let kind = try String.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT category.kind FROM report JOIN category ON category.id = report.categoryId
                            WHERE report.id BETWEEN ?1 << 20 AND ((?1 + 1) << 20) - 1 LIMIT 1
                            """), arguments: [row.id.rawValue])
                let isOwn = try Bool.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT encoding IN ('raw', 'zlib') FROM body WHERE journalId = ?"),
                    arguments: [row.id.rawValue])
                return (row: row, kind: kind, isOwn: isOwn ?? false)
            }
        }
        var repacked: [Repacked] = []
        var before: Int64 = 0
        var after: Int64 = 0
        for (row, kind, isOwn) in rows where isOwn {
            before += Int64(row.storedBody.count)
            after += Int64(row.storedBody.count)
            guard let smaller = repack(row, kind) else { continue }
            after -= Int64(row.storedBody.count - smaller.count)
            repacked.append(Repacked(id: row.id.rawValue, bytes: smaller))
        }
        let end = rows.last?.row.id
        do throws(ArchiveError) {
            try write(repacked, upTo: end)
        } catch {
            throw .archive(error)
        }
        return RepackSlice(
            last: end, bodyCount: rows.count, repackedCount: repacked.count, byteCountBefore: before,
            byteCountAfter: after)
    }

    private struct Repacked: Sendable {
        let id: Int64
        let bytes: [UInt8]
    }

    private func repack(_ row: JournalRow, _ kind: String?) -> [UInt8]? {
        guard let body = try? row.openedBody() else { return nil }
        let compressor = compressors.patientCompressor(source: row.source, kind: kind)
        guard let smaller = compressor.compress(body),
            (row.storedBody.count - smaller.count) * 100 >= row.storedBody.count * Self.percentToSave,
            let again = try? ZlibDecompressor.decompress(
                smaller, byteCount: body.count, dictionary: compressor.dictionary), again == body
        else { return nil }
        return smaller
    }

    /// Takes the old bodies out and puts the new ones in, some hundred at a time: rows that only shrink where they are leave
    /// their pages half empty.
    private func write(_ repacked: [Repacked], upTo end: DeliveryID?) throws(ArchiveError) {
        try perform { db in
            try db.inTransaction(.immediate) {
                var replaced: [Repacked] = []
                for body in repacked {
                    try db.cachedStatement(
                        sql: """
                            DELETE FROM body WHERE journalId = ? AND encoding IN ('raw', 'zlib') AND length(bytes) > ?
                            """
                    ).execute(arguments: [body.id, body.bytes.count])
                    // It may have been pruned or shared meanwhile.
                    if db.changesCount > 0 { replaced.append(body) }
                }
                let insert = try BoundStatement(
                    db.cachedStatement(sql: "INSERT INTO body (journalId, encoding, bytes) VALUES (?, 'zlib', ?)"))
                for body in replaced {
                    try insert.bind(1, body.id)
                    try insert.run((2, body.bytes))
                }
                if let end {
                    try db.execute(
                        sql: """
                            INSERT INTO upkeep (name, journalId) VALUES (?, ?)
                            ON CONFLICT (name) DO UPDATE SET journalId = excluded.journalId
                            """, arguments: [Self.repackName, end.rawValue])
                } else {
                    try db.execute(sql: "DELETE FROM upkeep WHERE name = ?", arguments: [Self.repackName])
                }
                return .commit
            }
        }
    }
}
