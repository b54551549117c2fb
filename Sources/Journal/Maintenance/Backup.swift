internal import Foundation
internal import GRDB

extension JournalReader {
    /// Copies the current journal to a new file with SQLite's online backup (sqlite.org/backup.html). The writer
    /// continues; its log grows during the backup. The copy is on disk when this call returns.
    ///
    /// - Parameters:
    ///   - destination: a path at which no file exists. The copy gets this name when it is complete.
    ///   - pause: the wait after each `pagesPerStep` pages, which leaves disk time for other work.
    ///   - progress: called with the number of copied pages and the total. Returning false stops the copy.
    /// - Returns: false if `progress` stopped the copy.
    package func backUp(
        to destination: JournalFile, pagesPerStep: Int32 = 2048, pause: Duration = .zero,
        progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
    ) throws(ArchiveError) -> Bool {
        guard FileIdentity(path: destination.path) == nil else { throw .alreadyThere(path: destination.path) }
        // If the destination already had a log, SQLite would apply this log to the copy.
        for log in ["-wal", "-journal"].map({ destination.path + $0 }) where FileIdentity(path: log) != nil {
            throw .cannotOpen(path: log, reason: "it belongs to an earlier archive; move it to another directory")
        }
        let folder = try PrivateFolder(for: destination.path)
        let part = folder.database
        try FileSystem.createFile(part, isNew: true)
        var isWhole = true
        try read { db in
            // The first query fixes the snapshot, so the later steps do not see later writes.
            _ = try SQLiteSchema.format(of: db)
            let copy = try DatabaseQueue(path: part)
            try copy.writeWithoutTransaction { target in
                try withoutActuallyEscaping(progress) { progress in
                    do {
                        try db.backup(to: target, pagesPerStep: pagesPerStep) { step in
                            if pause > .zero { Thread.sleep(forTimeInterval: pause / .seconds(1)) }
                            guard progress(step.completedPageCount, step.totalPageCount) else { throw Ended() }
                        }
                    } catch is Ended {
                        isWhole = false
                    }
                }
                // A backup is a single file without a log.
                if isWhole { try target.execute(sql: "PRAGMA journal_mode = DELETE") }
            }
            try copy.close()
        }
        guard isWhole else { return false }
        try FileSystem.syncFile(part)
        try FileSystem.move(part, to: destination.path)
        withExtendedLifetime(folder) {}
        return true
    }

    private struct Ended: Error {}
}

extension ArchiveDirectory {
    /// Takes the archive's lock and copies a backup into this directory. The caller must have verified the backup. The
    /// directory must not contain a journal. The index is built when the archive is opened.
    ///
    /// - Returns: false if `progress` stopped the copy.
    package func restore(
        from backup: JournalFile, progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
    ) throws(ArchiveError) -> Bool {
        try create()
        let lock = try ArchiveLock(self)
        defer { lock.release() }
        let reader = try JournalReader(backup)
        defer { reader.close() }
        return try reader.backUp(to: journal, progress: progress)
    }
}
