package import BodyCompression
internal import Crypto
package import Deliveries
internal import Foundation
package import GRDB

/// A stored body, compressed or not, with the values that reading it requires.
package struct StoredBody {
    let id: DeliveryID
    /// The length of the body as it arrived.
    package let byteCount: Int
    let sha256: [UInt8]
    package let encoding: EntryEncoding?
    let bytes: [UInt8]
    let dictionary: PresetDictionary?

    package init(
        id: DeliveryID, byteCount: Int, sha256: [UInt8], encoding: EntryEncoding?, bytes: [UInt8],
        dictionary: PresetDictionary?
    ) {
        self.id = id
        self.byteCount = byteCount
        self.sha256 = sha256
        self.encoding = encoding
        self.bytes = bytes
        self.dictionary = dictionary
    }

    /// The body, after checking its length and SHA-256.
    package func opened() throws(ArchiveError) -> [UInt8] {
        let body = try decompressed()
        guard SHA256.bytes(of: body) == sha256 else {
            throw .damaged("entry \(id): the stored body does not match its SHA-256")
        }
        return body
    }

    /// The body, after checking its length and, if it is compressed, the Adler-32 of its stream (RFC 1950 §2.2). These
    /// checks are enough for a search and faster than `opened`.
    package func decompressed() throws(ArchiveError) -> [UInt8] {
        let body: [UInt8]
        switch encoding {
        case .raw?:
            body = bytes
        case .zlib?:
            do throws(ZlibDecompressor.Failure) {
                body = try ZlibDecompressor.decompress(bytes, byteCount: byteCount, dictionary: dictionary)
            } catch {
                throw .damaged("entry \(id): the stored body cannot be decompressed")
            }
        case .pruned?: throw .pruned(id, reason: "")
        case nil: throw .damaged("entry \(id): the stored body is missing")
        }
        guard body.count == byteCount else {
            throw .damaged("entry \(id): the stored body has \(body.count) bytes, but \(byteCount) arrived")
        }
        return body
    }

    /// Reads the body of an entry without its head. Nil if there is no entry at the position.
    package static func at(_ id: DeliveryID, _ db: Database, _ dictionaries: DictionaryCache) throws -> StoredBody? {
        let statement = try db.cachedStatement(
            sql: "SELECT byteCount, bodySHA256, encoding, body FROM entry WHERE position = ?")
        let cursor = try Row.fetchCursor(statement, arguments: [id.rawValue])
        return try withExtendedLifetime(cursor) {
            guard let row = try cursor.next() else { return nil }
            let bytes = Array(row[3] as Data? ?? Data())
            let encoding = (row[2] as Int?).flatMap(EntryEncoding.init)
            return StoredBody(
                id: id, byteCount: row[0] ?? 0, sha256: Array(row[1] as Data? ?? Data()), encoding: encoding,
                bytes: bytes,
                dictionary: encoding == .zlib ? try dictionaries.dictionary(for: bytes, db) : nil)
        }
    }
}

/// The encoding of the column `body`.
package enum EntryEncoding: Int, Sendable {
    /// The body, uncompressed.
    case raw = 0
    /// The body as a zlib stream (RFC 1950), which may need a preset dictionary.
    case zlib = 1
    /// The summary of a pruned delivery: a JSON array, plain or as a zlib stream.
    case pruned = 2

    init(_ encoding: BodyEncoding) {
        self =
            switch encoding {
            case .raw: .raw
            case .zlib: .zlib
            }
    }
}
