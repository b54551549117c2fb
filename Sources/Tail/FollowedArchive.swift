package import Journal
internal import ReportIndex

/// An archive that is opened as soon as it is there, and again when another file takes its place.
package struct FollowedArchive: Sendable {
    /// What a look at the file found.
    enum Look {
        /// The same file as before.
        case same(ArchiveReader)
        /// Another one, or the first.
        case opened(ArchiveReader)
        /// None, or one that cannot be read yet.
        case absent(ArchiveError)
    }

    private let directory: ArchiveDirectory
    private var opened: (reader: ArchiveReader, file: FileIdentity)?

    package init(_ directory: ArchiveDirectory) {
        self.directory = directory
    }

    /// Opens the file where that has to be done. The identity is taken before and after, for it may be replaced between.
    mutating func look() -> Look {
        let file = FileIdentity(path: directory.journal.path)
        if let opened, let file, opened.file == file { return .same(opened.reader) }
        opened = nil
        guard let file else { return .absent(.missing(path: directory.path)) }
        do throws(ArchiveError) {
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

    /// Lets go of the file, which is opened anew at the next look.
    mutating func close() {
        opened = nil
    }
}
