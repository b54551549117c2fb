internal import BodyCompression
internal import Crypto
package import Deliveries
internal import Foundation
package import GRDB

/// A stored entry. Head and body are still compressed; the dictionaries that they need are included.
package struct EntryRow {
    package let position: Int64
    package let recordedAt: Timestamp
    package let origin: Origin
    package let originID: Int64
    package let byteCount: Int
    /// The digest of the body; empty if the body was pruned.
    package let bodySHA256: [UInt8]
    package let chain: [UInt8]
    /// The position of the record that pruned the body.
    package let prunedBy: Int64?
    package let encoding: EntryEncoding?
    package let storedBody: [UInt8]
    let uuid: [UInt8]
    let bodyCommitment: [UInt8]?
    /// The salt of the body; after pruning, the salt of head and summary.
    let salt: [UInt8]
    let storedHead: [UInt8]
    fileprivate let headDictionary: PresetDictionary?
    let bodyDictionary: PresetDictionary?
    /// True if no required column is NULL. In a damaged file any column can be NULL, even if the schema excludes it.
    fileprivate let isWhole: Bool

    package var id: DeliveryID { DeliveryID(rawValue: position) }
    package var isDelivery: Bool { origin.isDelivery }
    package var isPruned: Bool { encoding == .pruned }
    package var source: String { origin.source ?? "" }

    /// The number of pages that the body fills, at least 1.
    package var load: Int { Pressure.load(ofByteCount: storedBody.count) }

    /// The delivery. Decompresses the body and checks its length and SHA-256.
    package func delivery() throws(ArchiveError) -> ArchivedDelivery {
        try envelope().delivery(body: try openedBody(), at: recordedAt)
    }

    /// The delivery without its body. Also available if the body was pruned.
    package func envelope() throws(ArchiveError) -> DeliveryEnvelope {
        guard isWhole, isDelivery, let uuid = UUIDv7(bytes: uuid),
            let verification = origin.verification.flatMap(Verification.init)
        else { throw .damaged("entry \(position): a column cannot be read") }
        guard let head = RequestHead(try headText()) else {
            throw .damaged("entry \(position): the head cannot be read")
        }
        return DeliveryEnvelope(
            id: id, uuid: uuid, source: source, head: head, verification: verification, secretName: origin.secretName,
            bodySHA256: bodySHA256)
    }

    package func record() throws(ArchiveError) -> JournalRecord {
        guard let type = RecordType(rawValue: origin.type), let record = JournalRecord(type, json: try openedBody())
        else {
            throw .damaged("entry \(position): the record cannot be read")
        }
        return record
    }

    /// The reports of a pruned delivery, from the summary that replaced its body.
    package func summary() throws(ArchiveError) -> [ReportContent] {
        guard isPruned, let contents = RecordJSON.decode([ReportContent].self, from: try summaryJSON()) else {
            throw .damaged("entry \(position): the summary cannot be read")
        }
        return contents
    }

    /// The text of the head, a JSON array. Empty for records.
    func headText() throws(ArchiveError) -> [UInt8] {
        do throws(ZlibDecompressor.Failure) {
            return try HeadCompression.decode(
                storedHead, byteCountLimit: Self.headByteCountLimit, dictionary: headDictionary)
        } catch {
            throw .damaged("entry \(position): the stored head cannot be decompressed")
        }
    }

    /// The maximum length of a head in bytes. No configuration of the listener accepts a longer head.
    private static let headByteCountLimit = 16 * 1024 * 1024
    /// The maximum length of a summary in bytes. The field budget of a delivery does not allow a longer summary.
    private static let summaryByteCountLimit = 64 * 1024 * 1024

    func summaryJSON() throws(ArchiveError) -> [UInt8] {
        try Self.summaryJSON(storedBody, at: position)
    }

    /// The JSON of a summary, which is stored as plain JSON or as a zlib stream.
    static func summaryJSON(_ stored: [UInt8], at position: Int64) throws(ArchiveError) -> [UInt8] {
        if stored.first == UInt8(ascii: "[") { return stored }
        do throws(ZlibDecompressor.Failure) {
            return try ZlibDecompressor.decompress(stored, byteCountLimit: summaryByteCountLimit, dictionary: nil)
        } catch {
            throw .damaged("entry \(position): the summary cannot be decompressed")
        }
    }

    /// The body, after checking its length and SHA-256.
    package func openedBody() throws(ArchiveError) -> [UInt8] {
        guard isWhole else { throw .damaged("entry \(position): a column cannot be read") }
        return try StoredBody(
            id: id, byteCount: byteCount, sha256: bodySHA256, encoding: encoding, bytes: storedBody,
            dictionary: bodyDictionary
        ).opened()
    }
}

/// A delivery without its body.
package struct DeliveryEnvelope {
    package let id: DeliveryID
    package let uuid: UUIDv7
    package let source: String
    package let head: RequestHead
    package let verification: Verification
    package let secretName: String?
    /// The digest of the body; empty if the body was pruned.
    package let bodySHA256: [UInt8]

    package func delivery(body: [UInt8], at receivedAt: Timestamp) -> ArchivedDelivery {
        let request = InboundRequest(
            method: head.method, target: RequestTarget(head.target), headers: head.headers, body: body, peer: head.peer,
            receivedAt: receivedAt)
        return ArchivedDelivery(
            id: id, uuid: uuid, source: source, request: request, verification: verification, secretName: secretName,
            bodySHA256: bodySHA256)
    }
}

/// Reads entries. The journal can be the main database of the connection or an attached database, because the journal
/// and the index have no table name in common.
package enum EntryRows {
    private static let select = """
        SELECT entry.position, entry.uuid, entry.recordedAtMilliseconds, origin.type, origin.source, origin.verification,
            origin.secretName, entry.byteCount, entry.bodySHA256, entry.bodyCommitment, entry.chain, entry.salt,
            entry.prunedBy, entry.encoding, entry.head, entry.body, entry.originId
        FROM entry LEFT JOIN origin ON origin.id = entry.originId
        """

    package static func row(_ position: Int64, _ db: Database, _ dictionaries: DictionaryCache) throws -> EntryRow? {
        let statement = try db.cachedStatement(sql: "\(select) WHERE entry.position = ?")
        let cursor = try Row.fetchCursor(statement, arguments: [position])
        return try withExtendedLifetime(cursor) { try cursor.next().map { try EntryRow($0, db, dictionaries) } }
    }

    /// The entries after `previous`, in order, up to one of the limits. Contains at least one entry unless `previous`
    /// is the last.
    ///
    /// In a damaged file SQLite can return rows out of order. Rows whose position does not increase are skipped;
    /// otherwise reading page by page might never end.
    package static func batch(
        after previous: Int64, countLimit: Int, byteCountLimit: Int, _ db: Database, _ dictionaries: DictionaryCache
    ) throws -> [EntryRow] {
        let statement = try db.cachedStatement(
            sql: "\(select) WHERE entry.position > ? ORDER BY entry.position LIMIT \(countLimit)")
        let cursor = try Row.fetchCursor(statement, arguments: [previous])
        var rows: [EntryRow] = []
        var byteCount = 0
        var last = previous
        while byteCount < byteCountLimit, let row = try cursor.next() {
            let position: Int64 = row[0]
            guard position > last else { continue }
            last = position
            let entry = try EntryRow(row, db, dictionaries)
            // Limits the length, because a damaged row can claim any length.
            byteCount += min(max(entry.storedBody.count, entry.byteCount), byteCountLimit)
            rows.append(entry)
        }
        return rows
    }
}

extension EntryRow {
    /// The indexes of the columns that may be NULL.
    private static let optionalColumns: Set<Int> = [4, 5, 6, 8, 9, 12]

    /// - Parameter row: the current row of a cursor. SQLite converts the values of the row to the requested types.
    fileprivate init(_ row: Row, _ db: Database, _ dictionaries: DictionaryCache) throws {
        self.position = row[0] ?? 0
        self.uuid = Array(row[1] ?? Data())
        self.recordedAt = Timestamp(millisecondsSinceEpoch: row[2] ?? 0)
        self.origin = Origin(type: row[3] ?? "", source: row[4], verification: row[5], secretName: row[6])
        self.originID = row[16] ?? 0
        self.byteCount = row[7] ?? 0
        self.bodySHA256 = Array(row[8] ?? Data())
        self.bodyCommitment = (row[9] as Data?).map { Array($0) }
        self.chain = Array(row[10] ?? Data())
        self.salt = Array(row[11] ?? Data())
        self.prunedBy = row[12]
        self.encoding = (row[13] as Int?).flatMap(EntryEncoding.init)
        self.storedHead = Array(row[14] ?? Data())
        self.storedBody = Array(row[15] ?? Data())
        self.isWhole = (0..<17).allSatisfy { Self.optionalColumns.contains($0) || !row.hasNull(atIndex: $0) }
        self.headDictionary = try dictionaries.dictionary(for: HeadCompression.stream(of: storedHead), db)
        self.bodyDictionary = encoding == .zlib ? try dictionaries.dictionary(for: storedBody, db) : nil
    }
}
