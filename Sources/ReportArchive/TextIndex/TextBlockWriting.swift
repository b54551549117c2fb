internal import GRDB
internal import Synchronization

/// Indexes one block. A claim is laid on it before its bodies are read: whoever prunes one of them meanwhile takes the claim
/// away, and then nothing that was read is written.
///
/// ```
/// claim, old grams away ─▶ read, open ─▶ grams ─▶ the writer, a part at a time ─▶ the claim goes: the block counts
/// ```
final class TextBlockWriting: Sendable {
    let index: Int64
    let block: Int64
    private let claim = Int64.random(in: 1...(.max))
    private let state = Mutex(State())

    private struct State {
        var rows: [(gram: Int64, deliveries: [UInt8])] = []
        var deliveries = DeliverySet()
        var position = 0
        var hasClaim = false
        var isWritten = false
    }

    init(index: Int64, block: Int64) {
        self.index = index
        self.block = block
    }

    /// Whether the block counts now.
    var isWritten: Bool {
        state.withLock { $0.isWritten }
    }

    /// Lays the claim, and takes away what one that was cut off has left.
    func beginPart(_ db: Database, _ end: PartEnd) throws -> WriterJob.Progress {
        try state.withLock { state in
            var progress = WriterJob.Progress.unfinished
            try db.inTransaction(.immediate) {
                if !state.hasClaim {
                    try db.execute(
                        sql: """
                            INSERT INTO textBlock (indexId, block, claim, deliveryCount, byteCount, deliveries)
                            SELECT id, ?2, ?3, 0, 0, x'' FROM textIndex WHERE id = ?1 AND isDropped = 0
                            ON CONFLICT (indexId, block) DO UPDATE SET
                                claim = excluded.claim, deliveryCount = 0, byteCount = 0, deliveries = x''
                            """, arguments: [index, block, claim])
                }
                while try TextIndexTables.forgetSome(of: index, block: block, db) {
                    if end.hasCome { return .commit }
                }
                progress = .finished
                return .commit
            }
            state.hasClaim = true
            return progress
        }
    }

    func take(_ content: TextBlockContent) {
        let rows = content.rows
        state.withLock { state in
            state.rows = rows
            state.deliveries = content.deliveries
        }
    }

    func writePart(_ db: Database, _ end: PartEnd) throws -> WriterJob.Progress {
        try state.withLock { state in
            var position = state.position
            var isWritten = false
            var isLost = false
            try db.inTransaction(.immediate) {
                isLost =
                    try Bool.fetchOne(
                        db.cachedStatement(
                            sql: "SELECT claim IS NOT ?3 FROM textBlock WHERE indexId = ?1 AND block = ?2"),
                        arguments: [index, block, claim]) ?? true
                guard !isLost else { return .rollback }
                let insert = try BoundStatement(
                    db.cachedStatement(
                        sql: "INSERT INTO textGram (indexId, block, gram, deliveries) VALUES (?, ?, ?, ?)"))
                try insert.bind(1, index)
                try insert.bind(2, block)
                while position < state.rows.count {
                    try insert.bind(3, state.rows[position].gram)
                    try insert.run((4, state.rows[position].deliveries))
                    position += 1
                    if position.isMultiple(of: 64), end.hasCome { return .commit }
                }
                try conclude(state, db)
                isWritten = true
                return .commit
            }
            state.position = position
            state.isWritten = isWritten
            return isLost || isWritten ? .finished : .unfinished
        }
    }

    private func conclude(_ state: State, _ db: Database) throws {
        // A row has a head and a key of about eleven bytes, and pages are not quite full.
        let byteCount = state.rows.reduce(0) { $0 + (Int64($1.deliveries.count) + 11) * 6 / 5 }
        try db.execute(
            sql: """
                UPDATE textBlock SET claim = NULL, deliveryCount = ?, byteCount = ?, deliveries = ?
                WHERE indexId = ? AND block = ?
                """,
            arguments: [state.deliveries.count, byteCount, Blob(state.deliveries.stored), index, block])
    }
}
