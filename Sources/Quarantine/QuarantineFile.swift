internal import Foundation
internal import GRDB
internal import Journal

/// The file of the quarantine, open for writing. It is reopened after a failure, and replaced if it is damaged.
struct QuarantineFile: Sendable {
    private static let checkpointByteCount = 2 * 1024 * 1024

    let path: String
    let reportFailure: @Sendable (ArchiveError) -> Void
    private var connection: WritingConnection?

    init(path: String, reportFailure: @escaping @Sendable (ArchiveError) -> Void) {
        self.path = path
        self.reportFailure = reportFailure
    }

    /// Opens the file. Renames an unusable file and creates a new one, because a server must start even if rejected
    /// deliveries are lost.
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

    /// Runs work on the file. Makes a checkpoint if the write-ahead log has grown beyond a limit. After a failure, the
    /// next call reopens the file.
    mutating func run(_ work: (Database) throws -> Void) throws(ArchiveError) {
        do throws(ArchiveError) {
            // If the file was deleted or replaced, closes it and opens the file that is now at the path.
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

    /// Renames the file by appending `.damaged`. Replaces an older damaged file.
    private func moveAside() throws(ArchiveError) {
        guard rename(path, path + ".damaged") == 0 else { throw .system(path) }
        // Removes the logs, because SQLite would apply them to the new file.
        for suffix in ["-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }
}

extension ArchiveError {
    /// True if the contents of the file caused the failure, so a new file solves the problem.
    fileprivate var isOfContent: Bool {
        switch self {
        case .notAnArchive, .unknownFormat, .foreignSchema, .damaged: true
        default: false
        }
    }
}
