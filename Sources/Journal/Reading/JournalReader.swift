package import GRDB

/// The journal, open for reading, with or without a running server. Never writes and never checkpoints.
package final class JournalReader: Sendable {
    package let file: JournalFile
    package let dictionaries = DictionaryCache()
    private let queue: DatabaseQueue

    package init(_ file: JournalFile) throws(ArchiveError) {
        self.file = file
        self.queue = try SQLiteFile.openForReading(file.path, JournalSchema.schema)
    }

    /// Runs `work` in one snapshot.
    package func read<Value>(_ work: (Database) throws -> Value) throws(ArchiveError) -> Value {
        try SQLiteFile.translating(file.path) { try queue.read(work) }
    }

    /// The last position and its chain hash; nil if the journal is empty.
    package func end() throws(ArchiveError) -> ChainMark? {
        try read { try JournalEnd.read($0) }
    }

    /// The entry at a position; nil if there is none.
    package func entry(_ position: Int64) throws(ArchiveError) -> EntryRow? {
        try read { try EntryRows.row(position, $0, dictionaries) }
    }

    /// The entries after a position, in order, up to one of the limits. Contains at least one entry unless the position
    /// is the last.
    package func entries(
        after position: Int64, countLimit: Int, byteCountLimit: Int
    ) throws(ArchiveError) -> [EntryRow] {
        try read {
            try EntryRows.batch(
                after: position, countLimit: countLimit, byteCountLimit: byteCountLimit, $0, dictionaries)
        }
    }

    package func close() {
        try? queue.close()
    }
}
