internal import BodyCompression
internal import Crypto
internal import Deliveries
internal import Foundation
internal import GRDB

/// A journal row as it is stored, its body still sealed.
struct JournalRow {
    let id: DeliveryID
    let source: String
    let receivedAt: Timestamp
    let bodyByteCount: Int
    fileprivate let uuid: [UInt8]
    fileprivate let method: String
    fileprivate let target: String
    fileprivate let headers: String
    fileprivate let peer: String
    fileprivate let verification: String
    fileprivate let secretName: String?
    fileprivate let bodySHA256: [UInt8]
    fileprivate let bodyEncoding: String
    fileprivate let storedBody: [UInt8]
    /// Whether every column holds something that has to: in a damaged file any may be NULL, whatever the schema says.
    fileprivate let isWhole: Bool

    /// The delivery, its body opened and checked against length and SHA-256.
    func opened() throws(ArchiveError) -> ArchivedDelivery {
        guard isWhole, let uuid = UUIDv7(bytes: uuid), let headers = HeaderColumn.headers(headers),
            let verification = Verification(rawValue: verification), let encoding = BodyEncoding(rawValue: bodyEncoding)
        else { throw .damaged("delivery \(id): a column does not read back") }
        let body = try openedBody(encoding)
        let request = InboundRequest(
            method: method, target: RequestTarget(target), headers: headers, body: body, peer: peer,
            receivedAt: receivedAt)
        return ArchivedDelivery(
            id: id, uuid: uuid, source: source, request: request, verification: verification, secretName: secretName,
            bodySHA256: bodySHA256)
    }

    private func openedBody(_ encoding: BodyEncoding) throws(ArchiveError) -> [UInt8] {
        let body: [UInt8]
        switch encoding {
        case .raw:
            body = storedBody
        case .zlib:
            do throws(ZlibDecompressor.Failure) {
                body = try ZlibDecompressor.decompress(storedBody, byteCount: bodyByteCount)
            } catch {
                throw .damaged("delivery \(id): the stored body does not decompress")
            }
        }
        guard body.count == bodyByteCount else {
            throw .damaged("delivery \(id): the stored body has \(body.count) bytes where \(bodyByteCount) arrived")
        }
        guard Array(SHA256.hash(data: body)) == bodySHA256 else {
            throw .damaged("delivery \(id): the stored body does not have the SHA-256 of what arrived")
        }
        return body
    }
}

/// Reads journal rows.
enum JournalRows {
    private static let columns = """
        id, uuid, receivedAtMilliseconds, source, method, target, headers, peer, verification, secretName, bodySHA256,
        bodyByteCount, bodyEncoding, body
        """

    /// The row with this number.
    static func row(_ id: DeliveryID, _ db: Database) throws -> JournalRow? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM journal WHERE id = ?")
        let cursor = try Row.fetchCursor(statement, arguments: [id.rawValue])
        return try withExtendedLifetime(cursor) { try cursor.next().map(JournalRow.init) }
    }

    /// The rows after `cursor` in order, until one of the limits is reached; at least one where there is one.
    static func batch(after cursor: Int64, countLimit: Int, byteCountLimit: Int, _ db: Database) throws -> [JournalRow]
    {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM journal WHERE id > ? ORDER BY id LIMIT \(countLimit)")
        let cursor = try Row.fetchCursor(statement, arguments: [cursor])
        var rows: [JournalRow] = []
        var byteCount = 0
        while byteCount < byteCountLimit, let row = try cursor.next() {
            rows.append(JournalRow(row))
            // A damaged row may claim any length.
            byteCount += min(max(0, rows[rows.count - 1].bodyByteCount), byteCountLimit)
        }
        return rows
    }
}

extension JournalRow {
    /// - Parameter row: one that a cursor is at, whose values SQLite converts to the type that is asked for.
    fileprivate init(_ row: Row) {
        self.id = DeliveryID(rawValue: row[0])
        self.uuid = Array(row[1] ?? Data())
        self.receivedAt = Timestamp(millisecondsSinceEpoch: row[2] ?? 0)
        self.source = row[3] ?? ""
        self.method = row[4] ?? ""
        self.target = row[5] ?? ""
        self.headers = row[6] ?? ""
        self.peer = row[7] ?? ""
        self.verification = row[8] ?? ""
        self.secretName = row[9]
        self.bodySHA256 = Array(row[10] ?? Data())
        self.bodyByteCount = row[11] ?? 0
        self.bodyEncoding = row[12] ?? ""
        self.storedBody = Array(row[13] ?? Data())
        self.isWhole = (0..<14).allSatisfy { $0 == 9 || !row.hasNull(atIndex: $0) }
    }
}
