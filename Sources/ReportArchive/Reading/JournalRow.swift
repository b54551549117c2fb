internal import BodyCompression
internal import Crypto
internal import Deliveries
internal import Foundation
internal import GRDB

/// A journal row as it is stored, head and body still sealed, with the dictionaries that open them.
struct JournalRow {
    let id: DeliveryID
    let source: String
    let receivedAt: Timestamp
    let bodyByteCount: Int
    let bodySHA256: [UInt8]
    let chain: [UInt8]
    /// Whether retention took the body.
    let isPruned: Bool
    let storedBody: [UInt8]
    let bodyEncoding: String
    fileprivate let uuid: [UInt8]
    fileprivate let verification: String
    fileprivate let secretName: String?
    fileprivate let storedHead: [UInt8]
    fileprivate let headDictionary: PresetDictionary?
    fileprivate let bodyDictionary: PresetDictionary?
    fileprivate let pruningReason: String?
    /// Whether every column holds something that has to: in a damaged file any may be NULL, whatever the schema says.
    fileprivate let isWhole: Bool

    /// The delivery, its body opened and checked against length and SHA-256.
    func opened() throws(ArchiveError) -> ArchivedDelivery {
        let (envelope, _) = try openedEnvelope()
        return envelope.delivery(body: try openedBody(), at: receivedAt)
    }

    /// The same where the body may be pruned.
    func kept() throws(ArchiveError) -> KeptDelivery {
        let (envelope, _) = try openedEnvelope()
        let body = isPruned ? [] : try openedBody()
        return KeptDelivery(
            delivery: envelope.delivery(body: body, at: receivedAt), bodyByteCount: max(0, bodyByteCount),
            pruningReason: isPruned ? pruningReason ?? "no reason is on record" : nil)
    }

    /// Everything but the body, which may be pruned; with the text of the head, for the chain covers that text.
    func openedEnvelope() throws(ArchiveError) -> (DeliveryEnvelope, headText: [UInt8]) {
        guard isWhole, let uuid = UUIDv7(bytes: uuid), let verification = Verification(rawValue: verification)
        else { throw .damaged("delivery \(id): a column does not read back") }
        let text = try openedHead()
        guard let head = DeliveryHead(text) else { throw .damaged("delivery \(id): the head does not read back") }
        let envelope = DeliveryEnvelope(
            id: id, uuid: uuid, source: source, head: head, verification: verification, secretName: secretName,
            bodySHA256: bodySHA256)
        return (envelope, text)
    }

    private func openedHead() throws(ArchiveError) -> [UInt8] {
        // The text is a JSON array; a zlib stream never begins like one.
        if storedHead.first == UInt8(ascii: "[") { return storedHead }
        do throws(ZlibDecompressor.Failure) {
            return try ZlibDecompressor.decompress(
                storedHead, byteCountLimit: Self.headByteCountLimit, dictionary: headDictionary)
        } catch {
            throw .damaged("delivery \(id): the stored head does not decompress")
        }
    }

    /// More than the door lets in, however it is configured.
    private static let headByteCountLimit = 16 * 1024 * 1024

    /// The body, checked against length and SHA-256.
    func openedBody() throws(ArchiveError) -> [UInt8] {
        let body: [UInt8]
        switch BodyEncoding(rawValue: bodyEncoding) {
        case .raw?:
            body = storedBody
        case .zlib?:
            do throws(ZlibDecompressor.Failure) {
                body = try ZlibDecompressor.decompress(storedBody, byteCount: bodyByteCount, dictionary: bodyDictionary)
            } catch {
                throw .damaged("delivery \(id): the stored body does not decompress")
            }
        case nil:
            if isPruned { throw .pruned(id, reason: pruningReason ?? "no reason is on record") }
            throw .damaged("delivery \(id): the stored body is not there")
        }
        guard body.count == bodyByteCount else {
            throw .damaged("delivery \(id): the stored body has \(body.count) bytes where \(bodyByteCount) arrived")
        }
        guard SHA256.bytes(of: body) == bodySHA256 else {
            throw .damaged("delivery \(id): the stored body does not have the SHA-256 of what arrived")
        }
        return body
    }
}

/// A delivery but for its body.
struct DeliveryEnvelope {
    let id: DeliveryID
    let uuid: UUIDv7
    let source: String
    let head: DeliveryHead
    let verification: Verification
    let secretName: String?
    let bodySHA256: [UInt8]

    func delivery(body: [UInt8], at receivedAt: Timestamp) -> ArchivedDelivery {
        let request = InboundRequest(
            method: head.method, target: RequestTarget(head.target), headers: head.headers, body: body, peer: head.peer,
            receivedAt: receivedAt)
        return ArchivedDelivery(
            id: id, uuid: uuid, source: source, request: request, verification: verification, secretName: secretName,
            bodySHA256: bodySHA256)
    }
}

/// Reads journal rows.
enum JournalRows {
    /// A body that is the same as another's is read from there.
    private static let select = """
        SELECT journal.id, journal.uuid, journal.receivedAtMilliseconds, origin.source, origin.verification,
            origin.secretName, journal.bodyByteCount, journal.bodySHA256, journal.chain, journal.head,
            coalesce(kept.encoding, body.encoding), coalesce(kept.bytes, body.bytes), pruning.reason
        FROM journal LEFT JOIN origin ON origin.id = journal.originId LEFT JOIN body ON body.journalId = journal.id
            LEFT JOIN body AS kept ON kept.journalId = body.sameAs LEFT JOIN pruning ON pruning.id = body.pruningId
        """

    /// The row with this number.
    static func row(_ id: DeliveryID, _ db: Database, _ dictionaries: DictionaryCache) throws -> JournalRow? {
        let statement = try db.cachedStatement(sql: "\(select) WHERE journal.id = ?")
        let cursor = try Row.fetchCursor(statement, arguments: [id.rawValue])
        return try withExtendedLifetime(cursor) { try cursor.next().map { try JournalRow($0, db, dictionaries) } }
    }

    /// The rows after `previous` in order, until one of the limits is reached; at least one where there is one. In a damaged
    /// file SQLite may find rows out of order; those that go back are left out, so that whoever goes on from the last comes to
    /// an end.
    static func batch(
        after previous: Int64, countLimit: Int, byteCountLimit: Int, _ db: Database,
        _ dictionaries: DictionaryCache
    ) throws -> [JournalRow] {
        let statement = try db.cachedStatement(
            sql: "\(select) WHERE journal.id > ? ORDER BY journal.id LIMIT \(countLimit)")
        let cursor = try Row.fetchCursor(statement, arguments: [previous])
        var rows: [JournalRow] = []
        var byteCount = 0
        var last = previous
        while byteCount < byteCountLimit, let row = try cursor.next() {
            let id: Int64 = row[0]
            guard id > last else { continue }
            last = id
            rows.append(try JournalRow(row, db, dictionaries))
            // A damaged row may claim any length.
            byteCount += min(max(0, rows[rows.count - 1].bodyByteCount), byteCountLimit)
        }
        return rows
    }
}

extension JournalRow {
    /// - Parameter row: one that a cursor is at, whose values SQLite converts to the type that is asked for.
    fileprivate init(_ row: Row, _ db: Database, _ dictionaries: DictionaryCache) throws {
        self.id = DeliveryID(rawValue: row[0])
        self.uuid = Array(row[1] ?? Data())
        self.receivedAt = Timestamp(millisecondsSinceEpoch: row[2] ?? 0)
        self.source = row[3] ?? ""
        self.verification = row[4] ?? ""
        self.secretName = row[5]
        self.bodyByteCount = row[6] ?? 0
        self.bodySHA256 = Array(row[7] ?? Data())
        self.chain = Array(row[8] ?? Data())
        self.storedHead = Array(row[9] ?? Data())
        self.bodyEncoding = row[10] ?? ""
        self.storedBody = Array(row[11] ?? Data())
        self.pruningReason = row[12]
        self.isPruned = bodyEncoding == "gone"
        self.isWhole = (0..<12).allSatisfy { $0 == 5 || !row.hasNull(atIndex: $0) }
        self.headDictionary = try dictionaries.dictionary(for: storedHead, db)
        self.bodyDictionary =
            bodyEncoding == BodyEncoding.zlib.rawValue ? try dictionaries.dictionary(for: storedBody, db) : nil
    }
}
