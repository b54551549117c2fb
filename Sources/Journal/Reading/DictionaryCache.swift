package import BodyCompression
package import GRDB
internal import Synchronization

/// The preset dictionaries of an archive. Each dictionary is read when a stream first needs it. It then stays in
/// memory, because dictionaries never change.
package final class DictionaryCache: Sendable {
    private let known: Mutex<[UInt32: PresetDictionary]>

    package init() {
        let builtIn = HeadCompression.dictionary.map { [$0.checksum: $0] } ?? [:]
        known = Mutex(builtIn)
    }

    /// The dictionary of a stored stream. Nil if the stream needs no dictionary, or if the archive does not contain it.
    package func dictionary(for stored: [UInt8], _ db: Database) throws -> PresetDictionary? {
        guard let checksum = Self.checksum(namedBy: stored) else { return nil }
        if let dictionary = known.withLock({ $0[checksum] }) { return dictionary }
        let bytes = try Blob.fetchOne(
            db, sql: "SELECT bytes FROM dictionary WHERE checksum = ?", arguments: [Int64(checksum)])
        guard let dictionary = bytes.flatMap({ PresetDictionary($0.bytes) }) else { return nil }
        known.withLock { $0[checksum] = dictionary }
        return dictionary
    }

    /// The dictionary's Adler-32 in a zlib header whose FDICT bit is set (RFC 1950 §2.2).
    package static func checksum(namedBy stored: [UInt8]) -> UInt32? {
        guard stored.count >= 6, stored[0] & 0x0f == 8, stored[1] & 0x20 != 0 else { return nil }
        return stored[2..<6].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
