package import Journal
package import ReportIndex

/// Opens an archive when it appears, and again when another file replaces it.
package struct FollowedArchive: Sendable {
    package enum Check {
        case same(ArchiveReader)
        /// A file was opened, either the first one or one that replaced it.
        case opened(ArchiveReader)
        /// There is no file, or it cannot be read yet.
        case absent(ArchiveError)
    }

    private let directory: ArchiveDirectory
    private var opened: (reader: ArchiveReader, file: FileIdentity)?

    package init(_ directory: ArchiveDirectory) {
        self.directory = directory
    }

    /// Opens the file if necessary. Its identity is checked before and after, because it can be replaced in between.
    package mutating func check() -> Check {
        let file = FileIdentity(path: directory.journal.path)
        if let opened, let file, opened.file == file { return .same(opened.reader) }
        opened = nil
        do throws(ArchiveError) {
            guard let file else {
                try directory.requireJournal()
                throw .missing(path: directory.path)
            }
            let reader = try ArchiveReader(directory)
            guard FileIdentity(path: directory.journal.path) == file else {
                return .absent(.missing(path: directory.path))
            }
            opened = (reader, file)
            return .opened(reader)
        } catch {
            return .absent(error)
        }
    }

    /// Closes the file; the next `check` opens it again.
    package mutating func close() {
        opened = nil
    }
}
