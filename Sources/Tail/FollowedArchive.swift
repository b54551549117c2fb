package import Journal
package import ReportIndex

/// Opens an archive when its files appear. Reopens it when other files replace them, or when a writer opens a file that
/// was read as immutable.
package struct FollowedArchive: Sendable {
    package enum Check {
        case same(ArchiveReader)
        /// A file was opened. It can be the first file, a replacement, or the file that was open before.
        case opened(ArchiveReader)
        /// There is no file, or it cannot be read yet.
        case absent(ArchiveError)
    }

    private let directory: ArchiveDirectory
    private var opened: (reader: ArchiveReader, file: FileIdentity, immutable: [FileState?])?

    package init(_ directory: ArchiveDirectory) {
        self.directory = directory
    }

    /// Opens the file if necessary. Checks the file's identity before and after opening, because another file can
    /// replace it in between.
    package mutating func check() -> Check {
        let file = FileIdentity(path: directory.journal.path)
        do throws(ArchiveError) {
            let immutable = try immutableStates()
            if let opened, let file, opened.file == file, opened.immutable == immutable { return .same(opened.reader) }
            opened = nil
            guard let file else {
                try directory.requireJournal()
                throw .missing(path: directory.path)
            }
            let reader = try ArchiveReader(directory)
            guard FileIdentity(path: directory.journal.path) == file else {
                return .absent(.missing(path: directory.path))
            }
            opened = (reader, file, immutable)
            return .opened(reader)
        } catch {
            opened = nil
            return .absent(error)
        }
    }

    /// The states of the files that are read as immutable. A file is read as immutable if this user cannot create
    /// `-shm` in its folder and no process writes to it.
    private func immutableStates() throws(ArchiveError) -> [FileState?] {
        let index = try FileState.ofImmutable(directory.indexPath)
        return [try FileState.ofImmutable(directory.journal.path), index]
    }

    /// Closes the file; the next `check` opens it again.
    package mutating func close() {
        opened = nil
    }
}
