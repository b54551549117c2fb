package import BodyCompression
internal import Foundation
package import GRDB
internal import Synchronization

/// The compressors of each source, with the preset dictionaries of the archive.
///
/// The body of a new delivery is not parsed yet, so its type is guessed: the provider's name of the type is nearly
/// always near the start of the body. A wrong guess only costs some bytes.
package final class BodyCompressors: Sendable {
    /// The number of bytes at the start of a body that are searched for its type.
    static let guessByteCount = 1024
    /// The maximum number of types per source that have their own compressor. The newest dictionaries take precedence.
    private static let typeCountLimit = 16

    private struct Choice: Sendable {
        var common: ZlibCompressor?
        var types: [(name: [UInt8], compressor: ZlibCompressor)] = []
    }

    /// The compression level for bodies that are rewritten.
    private static let patientLevel = 9

    /// The compressor without a dictionary, at the fastest level. A higher level would save little: `archive compact`
    /// later saves several times as much with a dictionary (docs/decisions/0022).
    package let plain = WholeBufferCompressor(level: 1)
    private let patient = Mutex<[UInt32: ZlibCompressor]>([:])
    private let choices = Mutex<[String: Choice]>([:])

    /// The compressor for a body that is not parsed yet. The call takes well under a microsecond and is safe on any
    /// thread.
    package func compressor(source: String, body: [UInt8]) -> any BodyCompressor {
        guard let choice = choices.withLock({ $0[source] }) else { return plain }
        return choice.types.first { Self.start(of: body, contains: $0.name) }?.compressor ?? choice.common
            ?? plain
    }

    /// The slower, better compressor for a body that is rewritten. The type of such a body is known.
    func patientCompressor(source: String, type: String?) -> ZlibCompressor {
        let name = type.map { Array($0.utf8) }
        let dictionary = choices.withLock { choices in
            choices[source].flatMap { choice in
                (choice.types.first { $0.name == name }?.compressor ?? choice.common)?.dictionary
            }
        }
        return patient.withLock { patient in
            let checksum = dictionary?.checksum ?? 0
            if let known = patient[checksum], known.dictionary == dictionary { return known }
            if patient.count >= Self.typeCountLimit { patient = [:] }
            let made = ZlibCompressor(level: Self.patientLevel, dictionary: dictionary)
            patient[checksum] = made
            return made
        }
    }

    /// Loads the newest dictionary of each source and type. Keeps the compressors whose dictionary is unchanged.
    package func load(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT source, type, bytes FROM dictionary
                WHERE id IN (SELECT max(id) FROM dictionary WHERE source IS NOT NULL GROUP BY source, type)
                ORDER BY id DESC
                """)
        let known = choices.withLock { $0 }
        var loaded: [String: Choice] = [:]
        for row in rows {
            let source = try row.decode(String.self, atIndex: 0)
            let type = try row.decode(String?.self, atIndex: 1).map { Array($0.utf8) }
            guard let dictionary = PresetDictionary(try row.decode(Blob.self, atIndex: 2).bytes) else { continue }
            var choice = loaded[source] ?? Choice()
            let before =
                type == nil ? known[source]?.common : known[source]?.types.first { $0.name == type }?.compressor
            var compressor: ZlibCompressor {
                if let before, before.dictionary == dictionary { return before }
                return ZlibCompressor(level: ZlibCompressor.levelWithDictionary, dictionary: dictionary)
            }
            if let type {
                if choice.types.count < Self.typeCountLimit { choice.types.append((type, compressor)) }
            } else {
                choice.common = compressor
            }
            loaded[source] = choice
        }
        // Searches for longer names first, because one name can contain another.
        for source in loaded.keys { loaded[source]?.types.sort { $0.name.count > $1.name.count } }
        let taken = loaded
        choices.withLock { $0 = taken }
    }

    private static func start(of body: [UInt8], contains name: [UInt8]) -> Bool {
        guard let first = name.first else { return false }
        let length = min(guessByteCount, body.count)
        return body.withUnsafeBytes { body in
            name.withUnsafeBytes { name in
                guard let start = body.baseAddress, let text = name.baseAddress else { return false }
                var offset = 0
                while offset + name.count <= length {
                    guard let hit = memchr(start + offset, Int32(first), length - offset - name.count + 1) else {
                        return false
                    }
                    if memcmp(hit, text, name.count) == 0 { return true }
                    offset = UnsafeRawPointer(hit) - start + 1
                }
                return false
            }
        }
    }
}
