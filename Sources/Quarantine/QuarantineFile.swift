internal import Foundation
internal import GRDB
internal import Journal

/// The file of the quarantine, open for writing: opened again after a failure, replaced when it is damaged.
struct QuarantineFile: Sendable {
    private static let checkpointByteCount = 2 * 1024 * 1024

    let path: String
    let reportFailure: @Sendable (ArchiveError) -> Void
    private var connection: WritingConnection?

    init(path: String, reportFailure: @escaping @Sendable (ArchiveError) -> Void) {
        self.path = path
        self.reportFailure = reportFailure
    }

    /// Opens the file. One that cannot be used is moved aside, because nothing in it is worth refusing to start.
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

    /// Runs work on the file and copies its log back now and then. After a failure the next work opens the file again.
    mutating func run(_ work: (Database) throws -> Void) throws(ArchiveError) {
        do throws(ArchiveError) {
            // A file that was deleted or replaced is not missed: the one at the path is used.
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

    /// Gives the file the name that ends in `.damaged`, in place of an older one.
    private func moveAside() throws(ArchiveError) {
        guard rename(path, path + ".damaged") == 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        // A log without its file: SQLite would play it back into the new one.
        for suffix in ["-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }
}

extension ArchiveError {
    /// Whether another file would not have failed.
    fileprivate var isOfContent: Bool {
        switch self {
        case .notAnArchive, .unknownFormat, .foreignSchema, .damaged: true
        default: false
        }
    }
}
