package import BodyCompression
internal import Foundation
package import GRDB
internal import Synchronization

/// The compressors for the bodies of each source, with the preset dictionaries that the archive has for it.
///
/// A body that has just arrived is not understood yet, so its type is guessed: a type is the provider's own name for what a body
/// is, and nearly always stands near its start. A wrong guess costs some bytes and nothing else.
package final class BodyCompressors: Sendable {
    /// How far into a body its type is looked for, in bytes.
    static let guessByteCount = 1024
    /// Types of one source that have compressors of their own; the newest dictionaries win.
    private static let typeCountLimit = 16

    /// The compressors of one source.
    private struct Choice: Sendable {
        var common: ZlibCompressor?
        var types: [(name: [UInt8], compressor: ZlibCompressor)] = []
    }

    /// For bodies that are rewritten, when nobody waits for them.
    private static let patientLevel = 9

    /// Without a dictionary, at the level that takes least time: what a higher one saves, a dictionary and `archive compact` save
    /// several times over, when nobody waits (docs/decisions/0022).
    let plain = WholeBufferCompressor(level: 1)
    private let patient = Mutex<[UInt32: ZlibCompressor]>([:])
    private let choices = Mutex<[String: Choice]>([:])

    /// The compressor for a body of a source, before anybody knows what it is. On any thread; well under a microsecond.
    package func compressor(source: String, body: [UInt8]) -> any BodyCompressor {
        guard let choice = choices.withLock({ $0[source] }) else { return plain }
        return choice.types.first { Self.start(of: body, contains: $0.name) }?.compressor ?? choice.common
            ?? plain
    }

    /// The compressor for a body that is rewritten, whose type is known: slower, and better.
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

    /// Takes up the newest dictionary of each source and type; compressors whose dictionary stays are kept.
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
            let compressor = before?.dictionary == dictionary ? before : nil
            if let type, choice.types.count < Self.typeCountLimit {
                choice.types.append(
                    (
                        type,
                        compressor ?? ZlibCompressor(level: ZlibCompressor.levelWithDictionary, dictionary: dictionary)
                    ))
            } else if type == nil {
                choice.common =
                    compressor ?? ZlibCompressor(level: ZlibCompressor.levelWithDictionary, dictionary: dictionary)
            }
            loaded[source] = choice
        }
        // A type whose name holds another's is looked for first.
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
