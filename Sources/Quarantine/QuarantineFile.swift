internal import Foundation
internal import GRDB
internal import Journal

/// The file of the quarantine, open for writing. It is opened again after a failure, and replaced if it is damaged.
struct QuarantineFile: Sendable {
    private static let checkpointByteCount = 2 * 1024 * 1024

    let path: String
    let reportFailure: @Sendable (ArchiveError) -> Void
    private var connection: WritingConnection?

    init(path: String, reportFailure: @escaping @Sendable (ArchiveError) -> Void) {
        self.path = path
        self.reportFailure = reportFailure
    }

    /// Opens the file. An unusable one is renamed, because its contents do not justify refusing to start.
    mutating func open() throws(ArchiveError) {
        guard connection == nil else { return }
        do throws(ArchiveError) {
            connection = try connect()
        } catch {
            guard error.isOfContent else { throw error }
            reportFailure(error)
            try moveAside()
            connection = try connect()
        }
    }

    /// Runs work on the file, and checkpoints when its log has grown. After a failure the next call opens the file
    /// again.
    mutating func run(_ work: (Database) throws -> Void) throws(ArchiveError) {
        do throws(ArchiveError) {
            // If the file was deleted or replaced, the one at the path is used.
            if let connection, FileIdentity(path: path) != connection.file { close() }
            try open()
            guard let connection else { throw ArchiveError.closed }
            try connection.run(work)
            guard !connection.hasOpenTransaction else {
                throw ArchiveError.storageFailed(code: ResultCode.SQLITE_ABORT.rawValue)
            }
            if connection.uncopiedByteCount >= Self.checkpointByteCount { try connection.checkpoint() }
        } catch {
            connection?.close()
            connection = nil
            if error.isOfContent { try? moveAside() }
            throw error
        }
    }

    mutating func close() {
        connection?.finish()
        connection = nil
    }

    private func connect() throws(ArchiveError) -> WritingConnection {
        try WritingConnection(path, QuarantineSchema.schema, durability: .lastCommitsMayGo)
    }

    /// Appends `.damaged` to the file's name, replacing an older damaged file.
    private func moveAside() throws(ArchiveError) {
        guard rename(path, path + ".damaged") == 0 else { throw .system(path) }
        // SQLite would apply the remaining log to the new file.
        for suffix in ["-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }
}

extension ArchiveError {
    /// True if the contents of the file are the cause. A new file then solves the problem.
    fileprivate var isOfContent: Bool {
        switch self {
        case .notAnArchive, .unknownFormat, .foreignSchema, .damaged: true
        default: false
        }
    }
}
