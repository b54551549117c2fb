internal import Foundation
internal import GRDB

extension ArchiveReader {
    /// Copies the archive, as it is at this moment, into a new file, with SQLite's online backup (sqlite.org/backup.html). Whoever
    /// writes goes on; its log grows meanwhile. The copy is on disk when this returns.
    ///
    /// - Parameters:
    ///   - destination: where no file is yet. It is made under another name and takes this one when it is whole.
    ///   - pause: between steps of `pagesPerStep` pages, to leave the disk to others.
    ///   - progress: told of pages copied and pages in all.
    package func backUp(
        to destination: ArchiveLocation, pagesPerStep: Int32 = 2048, pause: Duration = .zero,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws(ArchiveReadFailure) {
        let part = ArchiveLocation(path: destination.path + ".part")
        do throws(ArchiveError) {
            guard !destination.exists else {
                throw .alreadyThere(path: destination.path)
            }
            // SQLite would play another file's log back into the copy.
            for log in ["-wal", "-journal"].map({ ArchiveLocation(path: destination.path + $0) }) where log.exists {
                throw .cannotOpen(
                    path: log.path, reason: "it belongs to an archive that was there; move it away as well")
            }
            try destination.createFolder()
            part.remove()
            try part.createFile()
        } catch {
            throw .archive(error)
        }
        defer { part.remove() }
        try read { db in
            // The first look fixes what is copied: steps after it see no later write.
            _ = try Migrations.version(db)
            let copy = try DatabaseQueue(path: part.path)
            try copy.writeWithoutTransaction { target in
                try withoutActuallyEscaping(progress) { progress in
                    try db.backup(to: target, pagesPerStep: pagesPerStep) { step in
                        if pause > .zero { Thread.sleep(forTimeInterval: pause / .seconds(1)) }
                        try progress(step.completedPageCount, step.totalPageCount)
                    }
                }
                // A backup is one file: nobody has to know of a log beside it.
                try target.execute(sql: "PRAGMA journal_mode = DELETE")
            }
            try copy.close()
        }
        do throws(ArchiveError) {
            try part.sync()
            try part.move(to: destination)
        } catch {
            throw .archive(error)
        }
    }
}

extension ArchiveLocation {
    /// Puts a whole archive file in the place of this one, which must be free. Holds the archive's lock while it does.
    ///
    /// - Parameter backup: a file that was checked.
    package func restore(
        from backup: ArchiveLocation, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    )
        throws(ArchiveReadFailure)
    {
        let lock: ArchiveLock
        do throws(ArchiveError) {
            try createFolder()
            lock = try ArchiveLock(self)
        } catch {
            throw .archive(error)
        }
        defer { lock.release() }
        try ArchiveReader(opening: backup).backUp(to: self, progress: progress)
    }

    /// Removes the file and what SQLite keeps beside it, where they are.
    func remove() {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    /// Brings the file to the disk.
    func sync() throws(ArchiveError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .storageFailed(code: ResultCode.SQLITE_IOERR.rawValue) }
    }

    /// Gives the file another name, for good, where none has it.
    func move(to destination: ArchiveLocation) throws(ArchiveError) {
        // A link, unlike a rename, never takes the place of a file that came meanwhile.
        guard link(path, destination.path) == 0 else {
            throw .cannotOpen(path: destination.path, reason: String(cString: strerror(errno)))
        }
        unlink(path)
        destination.syncFolder()
    }
}

extension ArchiveReader {
    /// Opens an archive with this module's failures for reads.
    fileprivate convenience init(opening location: ArchiveLocation) throws(ArchiveReadFailure) {
        do throws(ArchiveError) {
            try self.init(location)
        } catch {
            throw .archive(error)
        }
    }
}
