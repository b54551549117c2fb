package import Journal
package import ReportIndex

/// Opens an archive when it appears, and again when another file replaces it, or when a writer opens one that was read
/// as immutable.
package struct FollowedArchive: Sendable {
    package enum Check {
        case same(ArchiveReader)
        /// A file was opened: the first one, one that replaced it, or the same one again.
        case opened(ArchiveReader)
        /// There is no file, or it cannot be read yet.
        case absent(ArchiveError)
    }

    private let directory: ArchiveDirectory
    private var opened: (reader: ArchiveReader, file: FileIdentity, immutable: [FileState?])?

    package init(_ directory: ArchiveDirectory) {
        self.directory = directory
    }

    /// Opens the file if necessary. Its identity is checked before and after, because it can be replaced in between.
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

    /// The states of the files that are read as immutable: those in a folder in which this user cannot create `-shm`,
    /// while nothing writes to them.
    private func immutableStates() throws(ArchiveError) -> [FileState?] {
        let index = try FileState.ofImmutable(directory.indexPath)
        return [try FileState.ofImmutable(directory.journal.path), index]
    }

    /// Closes the file; the next `check` opens it again.
    package mutating func close() {
        opened = nil
    }
}
