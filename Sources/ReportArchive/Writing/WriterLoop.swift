internal import Deliveries
internal import Foundation
internal import GRDB

/// What the writer's thread knows: its connection, the journal's end, how much the write-ahead log has grown.
struct WriterLoop: Sendable {
    /// A refusal as an error, for `Result`.
    struct Refused: Error {
        let refusal: CommitRefusal
    }

    /// Bytes of log after which it is copied back into the file: small after commits, for others wait meanwhile; larger while
    /// jobs alone write, for they come back to the same pages.
    static let checkpointByteCount = (afterCommits: 2 * 1024 * 1024, afterJob: 8 * 1024 * 1024)

    private let location: ArchiveLocation
    /// Nil after a failure: the file is opened anew before it is trusted again.
    private var connection: WritingConnection?
    private var journal: JournalAppend?
    /// The file that was opened first: no other takes its place while this runs.
    private var file: FileIdentity?

    /// Opens the file and reads where its journal ends.
    init(location: ArchiveLocation) throws(ArchiveError) {
        self.location = location
        _ = try openedConnection()
    }

    /// Commits the deliveries together; where that fails for a reason that may lie in one of them, each alone.
    mutating func commit(
        _ deliveries: [SealedDelivery], reportFailure: (ArchiveError) -> Void
    ) -> [Result<DeliveryID, Refused>] {
        let error: ArchiveError
        do throws(ArchiveError) {
            let first = try append(deliveries)
            return deliveries.indices.map { .success(DeliveryID(rawValue: first + Int64($0))) }
        } catch let failure {
            error = failure
        }
        reportFailure(error)
        if error.mayLieInOneDelivery, deliveries.count > 1 {
            return deliveries.flatMap { commit([$0], reportFailure: reportFailure) }
        }
        let refusal = CommitRefusal(error)
        return deliveries.map { _ in .failure(Refused(refusal: refusal)) }
    }

    private mutating func append(_ deliveries: [SealedDelivery]) throws(ArchiveError) -> Int64 {
        do throws(ArchiveError) {
            let connection = try openedConnection()
            try connection.refuseMovedFile()
            try connection.syncCommits(true)
            guard var journal else { throw ArchiveError.closed }
            let first = try connection.run { try journal.append(deliveries, to: $0) }
            self.journal = journal
            return first
        } catch {
            // Whether the commit reached the disk is not known: forget the connection and read the journal's end anew.
            forgetConnection()
            throw error
        }
    }

    private mutating func openedConnection() throws(ArchiveError) -> WritingConnection {
        if let connection { return connection }
        let opened = try WritingConnection(location, known: file)
        file = opened.file
        journal = try opened.run { try JournalAppend($0) }
        connection = opened
        return opened
    }

    /// Closes the connection: letting go of it is not enough, for what started the writer's thread still holds the first one.
    private mutating func forgetConnection() {
        connection?.close()
        connection = nil
        journal = nil
    }

    /// Runs a job, or a part of it, on the connection, and gives what went wrong: the file could not be opened, or the job failed.
    ///
    /// - Parameter isRebuildable: whether what the job writes can be written again from the journal: then its transactions need
    ///   not be on disk before it goes on, for the next commit brings them there.
    mutating func withConnection(isRebuildable: Bool, _ job: (Database) throws -> Void) -> ArchiveError? {
        do throws(ArchiveError) {
            let connection = try openedConnection()
            try connection.refuseMovedFile()
            try connection.syncCommits(!isRebuildable)
            try connection.run(job)
            guard !connection.hasOpenTransaction else {
                // Its rollback failed. Closing undoes it and frees its lock.
                forgetConnection()
                return .storageFailed(code: ResultCode.SQLITE_ABORT.rawValue)
            }
            // A job may have added to the journal, and what it knew of it is read anew then.
            if !isRebuildable { journal = try connection.run { try JournalAppend($0) } }
            return nil
        } catch {
            // What the connection holds in memory may differ from the file.
            forgetConnection()
            return error
        }
    }

    /// Copies the log back into the file where it has grown enough, without waiting for readers.
    mutating func checkpointWhereDue(afterJob: Bool) {
        let limits = Self.checkpointByteCount
        connection?.checkpoint(atLeast: afterJob ? limits.afterJob : limits.afterCommits)
    }

    /// Leaves the whole archive in one file.
    mutating func finish() {
        connection?.finish()
        connection = nil
    }
}

extension ArchiveError {
    /// Whether the same work may succeed for a part of the deliveries.
    fileprivate var mayLieInOneDelivery: Bool {
        guard case .storageFailed(let code) = self else { return false }
        return [ResultCode.SQLITE_CONSTRAINT.rawValue, ResultCode.SQLITE_TOOBIG.rawValue].contains(code & 0xff)
    }
}

extension CommitRefusal {
    init(_ error: ArchiveError) {
        self = error == .storageFull ? .storageFull : .storageFailed
    }
}
