internal import GRDB
internal import Journal

extension ArchiveDirectory {
    /// Where an index is rebuilt that is to replace the live one.
    var nextIndexPath: String {
        indexPath + ".next"
    }
}

extension IndexFile {
    /// Copies this index over the live file in one transaction: readers see the old one or the new one, never none.
    func copy(to path: String) throws(ArchiveError) {
        do throws(ArchiveError) {
            try copyPages(to: path)
        } catch .notAnArchive {
            // The live file is not a database, so it has no readers.
            FileSystem.removeDatabase(path)
            try copyPages(to: path)
        } catch .damaged {
            FileSystem.removeDatabase(path)
            try copyPages(to: path)
        }
    }

    private func copyPages(to path: String) throws(ArchiveError) {
        if FileIdentity(path: path) == nil { try FileSystem.createFile(path) }
        try SQLiteFile.translating(path) {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { target in
                _ = try Int.fetchOne(target, sql: "PRAGMA user_version")
                try connection.run { try $0.backup(to: target) }
            }
            try queue.close()
        }
    }
}
