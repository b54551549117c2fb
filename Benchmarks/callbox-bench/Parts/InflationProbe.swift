import BodyCompression
import Foundation
import GRDB
import Journal
import Synchronization

/// Decompresses the stored bodies of an archive with zlib on all cores, and does no other work. The result is the
/// reference for the speed of a scan.
struct InflationProbe {
    private struct Body: Sendable {
        let stored: [UInt8]
        let byteCount: Int
    }

    /// The maximum number of bodies in memory.
    private static let pageCount = 50_000

    /// The number of compressed bodies.
    let bodyCount: Int
    private let queue: DatabaseQueue
    private let dictionaries: [UInt32: PresetDictionary]

    init(_ archive: URL) throws {
        var configuration = Configuration()
        configuration.readonly = true
        queue = try DatabaseQueue(
            path: ArchiveDirectory(path: archive.path()).journal.path, configuration: configuration)
        (bodyCount, dictionaries) = try queue.read { db in
            var dictionaries: [UInt32: PresetDictionary] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT checksum, bytes FROM dictionary") {
                let bytes: Data = row[1]
                dictionaries[UInt32(truncatingIfNeeded: row[0] as Int64)] = PresetDictionary(Array(bytes))
            }
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM entry WHERE encoding = 1") ?? 0
            return (count, dictionaries)
        }
    }

    /// Returns the duration of the decompression, without the time for reading the rows.
    func seconds() throws -> Double {
        var seconds = 0.0
        var last: Int64 = 0
        while true {
            let start = last
            let bodies = try queue.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT position, body, byteCount FROM entry
                        WHERE position > ? AND encoding = 1 ORDER BY position LIMIT \(Self.pageCount)
                        """, arguments: [start]
                ).map { row -> Body in
                    last = row[0]
                    return Body(stored: Array(row[1] as Data), byteCount: row[2])
                }
            }
            guard !bodies.isEmpty else { return seconds }
            let begin = Clock.now
            try open(bodies)
            seconds += Clock.seconds(since: begin)
        }
    }

    private func open(_ bodies: [Body]) throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let failures = Atomic(0)
        let dictionaries = dictionaries
        DispatchQueue.concurrentPerform(iterations: cores * 8) { part in
            for body in bodies[bodies.count * part / (cores * 8)..<bodies.count * (part + 1) / (cores * 8)] {
                let checksum = body.stored.dropFirst(2).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                let hasDictionary = body.stored.count > 6 && body.stored[1] & 0x20 != 0
                let opened = try? ZlibDecompressor.decompress(
                    body.stored, byteCount: body.byteCount, dictionary: hasDictionary ? dictionaries[checksum] : nil)
                if opened == nil { failures.wrappingAdd(1, ordering: .relaxed) }
            }
        }
        guard failures.load(ordering: .relaxed) == 0 else {
            throw Tool.Failed(description: "a stored body cannot be decompressed")
        }
    }
}
