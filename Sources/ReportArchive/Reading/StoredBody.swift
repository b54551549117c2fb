internal import BodyCompression
internal import Crypto
internal import Deliveries
internal import Foundation
internal import GRDB

/// A body as it is stored, and what is known of it.
struct StoredBody {
    let id: DeliveryID
    /// As it arrived.
    let byteCount: Int
    let sha256: [UInt8]
    let encoding: String
    let bytes: [UInt8]
    let dictionary: PresetDictionary?
    let pruningReason: String?

    /// The body, checked against length and SHA-256.
    func opened() throws(ArchiveError) -> [UInt8] {
        let body = try decompressed()
        guard SHA256.bytes(of: body) == sha256 else {
            throw .damaged("delivery \(id): the stored body does not have the SHA-256 of what arrived")
        }
        return body
    }

    /// The body, checked against its length and, where it is compressed, the Adler-32 of its stream (RFC 1950 §2.2): enough to
    /// see whether it is the one that is looked for.
    func decompressed() throws(ArchiveError) -> [UInt8] {
        let body: [UInt8]
        switch BodyEncoding(rawValue: encoding) {
        case .raw?:
            body = bytes
        case .zlib?:
            do throws(ZlibDecompressor.Failure) {
                body = try ZlibDecompressor.decompress(bytes, byteCount: byteCount, dictionary: dictionary)
            } catch {
                throw .damaged("delivery \(id): the stored body does not decompress")
            }
        case nil:
            if encoding == "gone" { throw .pruned(id, reason: pruningReason ?? "no reason is on record") }
            throw .damaged("delivery \(id): the stored body is not there")
        }
        guard body.count == byteCount else {
            throw .damaged("delivery \(id): the stored body has \(body.count) bytes where \(byteCount) arrived")
        }
        return body
    }
}

extension StoredBody {
    /// The body of the delivery with this number, and nothing else of it; nil where there is none.
    static func of(_ id: DeliveryID, _ db: Database, _ dictionaries: DictionaryCache) throws -> StoredBody? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT journal.bodyByteCount, journal.bodySHA256, coalesce(kept.encoding, body.encoding),
                    coalesce(kept.bytes, body.bytes)
                FROM journal LEFT JOIN body ON body.journalId = journal.id
                    LEFT JOIN body AS kept ON kept.journalId = body.sameAs
                WHERE journal.id = ?
                """)
        let cursor = try Row.fetchCursor(statement, arguments: [id.rawValue])
        return try withExtendedLifetime(cursor) {
            guard let row = try cursor.next() else { return nil }
            let bytes = Array(row[3] as Data? ?? Data())
            let encoding: String = row[2] ?? ""
            return StoredBody(
                id: id, byteCount: row[0] ?? 0, sha256: Array(row[1] as Data? ?? Data()), encoding: encoding,
                bytes: bytes,
                dictionary: encoding == BodyEncoding.zlib.rawValue
                    ? try dictionaries.dictionary(for: bytes, db) : nil, pruningReason: nil)
        }
    }
}
