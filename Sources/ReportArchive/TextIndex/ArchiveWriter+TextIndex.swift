package import Deliveries
internal import Foundation
internal import GRDB

/// What indexing a block came to.
package struct TextIndexSlice: Sendable, Equatable {
    package let source: String
    /// The deliveries of the block, of all sources.
    package let deliveries: ClosedRange<DeliveryID>
    /// False where a body of it was pruned meanwhile: it comes again.
    package let isWritten: Bool
}

extension ArchiveWriter {
    /// Wants the bodies of a source indexed, from now on; `indexNextTexts` does it. False where they are already.
    package func addTextIndex(of source: String) throws(ArchiveError) -> Bool {
        try finishDrops()
        return try perform { db in
            try db.execute(
                sql: "INSERT INTO textIndex (source, isDropped) VALUES (?, 0) ON CONFLICT DO NOTHING",
                arguments: [source.bindable])
            return db.changesCount > 0
        }
    }

    /// Takes the index of a source away, in parts between commits. False where there is none. What a crash leaves of it goes
    /// with the next work on an index.
    package func dropTextIndex(of source: String) throws(ArchiveError) -> Bool {
        let isThere = try perform { db in
            var isThere = false
            try db.inTransaction(.immediate) {
                try db.execute(
                    sql: "UPDATE textIndex SET isDropped = 1 WHERE source = ?", arguments: [source.bindable])
                isThere = db.changesCount > 0
                try db.execute(
                    sql: "DELETE FROM textBlock WHERE indexId IN (SELECT id FROM textIndex WHERE isDropped)")
                return .commit
            }
            return isThere
        }
        try finishDrops()
        return isThere
    }

    /// Indexes the newest block that is not yet, of the first source that has one.
    ///
    /// - Returns: nil where all is done.
    package func indexNextTexts(_ reader: ArchiveReader) throws(ArchiveReadFailure) -> TextIndexSlice? {
        textIndexing.lock()
        defer { textIndexing.unlock() }
        do throws(ArchiveError) { try finishDrops() } catch { throw .archive(error) }
        let next = try reader.read { db in
            try TextIndexTables.next(db)
        }
        guard let (source, index, block) = next else { return nil }
        let writing = TextBlockWriting(index: index, block: block)
        do throws(ArchiveError) {
            try perform(isRebuildable: true) { try writing.beginPart($0, $1) }
        } catch {
            throw .archive(error)
        }
        writing.take(try reader.textBlock(block, of: source))
        do throws(ArchiveError) {
            try perform(isRebuildable: true) { try writing.writePart($0, $1) }
        } catch {
            throw .archive(error)
        }
        let deliveries = TextBlock.deliveries(of: block)
        return TextIndexSlice(
            source: source,
            deliveries: DeliveryID(rawValue: deliveries.lowerBound)...DeliveryID(rawValue: deliveries.upperBound),
            isWritten: writing.isWritten)
    }

    private func finishDrops() throws(ArchiveError) {
        try perform(isRebuildable: false) { db, end in
            guard let id = try Int64.fetchOne(db, sql: "SELECT id FROM textIndex WHERE isDropped LIMIT 1") else {
                return .finished
            }
            try db.inTransaction(.immediate) {
                while try TextIndexTables.forgetSome(of: id, db) {
                    if end.hasCome { return .commit }
                }
                try db.execute(sql: "DELETE FROM textBlock WHERE indexId = ?", arguments: [id])
                try db.execute(sql: "DELETE FROM textIndex WHERE id = ?", arguments: [id])
                return .commit
            }
            return .unfinished
        }
    }
}
