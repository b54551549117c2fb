package import BodyCompression
internal import Deliveries
internal import Foundation
internal import GRDB
package import Journal

/// The result of training a dictionary for a scope.
package struct DictionaryProposal: Sendable {
    package let scope: DictionaryScope
    /// The number of bodies that were read, including the bodies of the trial.
    package let bodyCount: Int
    /// The trial of the new dictionary; nil if there were too few bodies.
    package let trial: DictionaryTrial?
    /// The new dictionary; nil if it saves too little.
    package let dictionary: PresetDictionary?
}

/// Trains dictionaries on the bodies of an archive. Runs on the caller's thread with a read-only connection, so no
/// writer waits.
package struct DictionaryTraining {
    /// The minimum number of bodies for which a dictionary is trained.
    package static let bodyCountLeast: Int64 = 64
    /// The maximum number of bodies to read per scope, newest first.
    private static let sampleCount = 2000
    /// The maximum number of bytes to learn from; at most 64 KiB of each body.
    private static let sampleByteCount = 6 * 1024 * 1024
    /// The maximum total size, in bytes, of the bodies in memory. A single body may be larger.
    private static let heldByteCount = 32 * 1024 * 1024

    private let reader: ArchiveReader

    package init(_ reader: ArchiveReader) {
        self.reader = reader
    }

    /// The scopes with enough bodies. Each source precedes its types.
    ///
    /// - Parameter count: the minimum number of bodies in a scope. Counting stops at this number.
    package func scopes(withAtLeast count: Int64 = bodyCountLeast) throws -> [DictionaryScope] {
        try reader.read { db in
            let categories = try Row.fetchAll(
                db, sql: "SELECT id, source, type FROM category ORDER BY source, type, id")
            var counts: [DictionaryScope: Int64] = [:]
            for category in categories {
                let source = try category.decode(String.self, atIndex: 1)
                let own = DictionaryScope(source: source, type: try category.decode(String.self, atIndex: 2))
                let number = try Int64.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT count(*) FROM (SELECT 1 FROM report WHERE categoryId = ? LIMIT ?)"),
                    arguments: [try category.decode(Int64.self, atIndex: 0), count])
                counts[own, default: 0] += number ?? 0
                counts[DictionaryScope(source: source, type: nil), default: 0] += number ?? 0
            }
            return counts.filter { $0.value >= count }.keys.sorted {
                ($0.source, $0.type ?? "") < ($1.source, $1.type ?? "")
            }
        }
    }

    /// Trains a dictionary for a scope. Then compares the new dictionary with the current dictionary on bodies that
    /// were not used for training.
    ///
    /// - Parameters:
    ///   - current: the dictionary in use for the scope.
    ///   - checkpoint: called often; throws to end the training.
    package func propose(
        _ scope: DictionaryScope, current: PresetDictionary?, _ checkpoint: () throws -> Void = {}
    ) throws -> DictionaryProposal {
        let bodies = try sample(scope, checkpoint)
        let (training, heldOut) = DictionaryTrial.split(bodies)
        guard let candidate = try DictionaryTrainer.train(on: training, checkpoint) else {
            return DictionaryProposal(scope: scope, bodyCount: bodies.count, trial: nil, dictionary: nil)
        }
        let trial = try DictionaryTrial(
            on: heldOut, level: ZlibCompressor.defaultLevel, current: current, candidate: candidate, checkpoint)
        return DictionaryProposal(
            scope: scope, bodyCount: bodies.count, trial: trial, dictionary: trial.isWorthKeeping ? candidate : nil)
    }

    /// The dictionary in use for a scope: the scope's own dictionary, or else the dictionary of the scope's source.
    package func current(_ scope: DictionaryScope) throws -> PresetDictionary? {
        try reader.read { db in
            let bytes = try Blob.fetchOne(
                db,
                sql: """
                    SELECT bytes FROM dictionary WHERE source = ?1 AND (type IS ?2 OR type IS NULL)
                    ORDER BY type IS NULL, id DESC LIMIT 1
                    """, arguments: [scope.source, scope.type])
            return bytes.flatMap { PresetDictionary($0.bytes) }
        }
    }

    /// The newest bodies of a scope, one per delivery. For a source, takes the same number of bodies from each type.
    private func sample(_ scope: DictionaryScope, _ checkpoint: () throws -> Void) throws -> [[UInt8]] {
        let dictionaries = reader.dictionaries
        return try reader.read { db in
            let categoryIDs = try Int64.fetchAll(
                db, sql: "SELECT id FROM category WHERE source = ?1 AND (type = ?2 OR ?2 IS NULL)",
                arguments: [scope.source, scope.type])
            let perCategory = Self.sampleCount / max(1, categoryIDs.count) + 1
            let deliveries = try categoryIDs.flatMap { id in
                try Int64.fetchAll(
                    db,
                    sql: "SELECT DISTINCT id >> 20 FROM report WHERE categoryId = ? ORDER BY id DESC LIMIT ?",
                    arguments: [id, perCategory])
            }
            var bodies: [[UInt8]] = []
            var byteCount = 0
            var held = 0
            for id in Set(deliveries).sorted(by: >)
            where byteCount < Self.sampleByteCount && held < Self.heldByteCount {
                try checkpoint()
                // Skips damaged bodies, because `archive verify` reports them.
                guard let row = try EntryRows.row(id, db, dictionaries),
                    let body = try? row.openedBody(), !body.isEmpty
                else { continue }
                bodies.append(body)
                byteCount += min(body.count, 64 * 1024)
                held += body.count
            }
            return bodies
        }
    }
}
