internal import Deliveries
internal import Foundation
internal import GRDB

/// What the writer's thread knows: its connection, the next number, how much the write-ahead log has grown.
struct WriterLoop: Sendable {
    /// A refusal as an error, for `Result`.
    struct Refused: Error {
        let refusal: CommitRefusal
    }

    /// Bytes of log after which it is copied back into the file. Small and often: a large checkpoint makes a commit wait.
    static let checkpointByteCount = 4 * 1024 * 1024

    /// What a job is taken to write.
    private static let jobByteCount = 256 * 1024

    private let location: ArchiveLocation
    /// Nil after a failure: the file is opened anew before it is trusted again.
    private var connection: DatabaseQueue?
    private var lastID: Int64 = 0
    /// Bytes written to the log since then, about.
    private var uncopiedByteCount = 0

    init(location: ArchiveLocation, connection: DatabaseQueue) {
        self.location = location
        self.connection = connection
    }

    mutating func readLastID() throws(ArchiveError) {
        guard let connection else { return }
        lastID = try ArchiveConnection.wrapping(location) {
            try connection.writeWithoutTransaction { try JournalAppend.lastID($0) }
        }
    }

    /// Commits the deliveries together; where that fails for a reason that may lie in one of them, each alone.
    mutating func commit(
        _ deliveries: [SealedDelivery], byteCount: Int, reportFailure: (ArchiveError) -> Void
    ) -> [Result<DeliveryID, Refused>] {
        uncopiedByteCount += byteCount
        let error: ArchiveError
        do throws(ArchiveError) {
            let first = try append(deliveries)
            return deliveries.indices.map { .success(DeliveryID(rawValue: first + Int64($0))) }
        } catch let failure {
            error = failure
        }
        reportFailure(error)
        if case .storageFailed(let code) = error, code & 0xff == ResultCode.SQLITE_CONSTRAINT.rawValue,
            deliveries.count > 1
        {
            return deliveries.flatMap { commit([$0], byteCount: 0, reportFailure: reportFailure) }
        }
        let refusal = CommitRefusal(error)
        return deliveries.map { _ in .failure(Refused(refusal: refusal)) }
    }

    private mutating func append(_ deliveries: [SealedDelivery]) throws(ArchiveError) -> Int64 {
        let connection = try openedConnection()
        let first = lastID + 1
        do throws(ArchiveError) {
            try ArchiveConnection.wrapping(location) {
                try connection.writeWithoutTransaction { db in
                    try JournalAppend.append(deliveries, firstID: first, to: db)
                }
            }
        } catch {
            // Whether the commit reached the disk is not known: forget the connection and read the journal's end anew.
            giveUpConnection()
            throw error
        }
        lastID += Int64(deliveries.count)
        return first
    }

    private mutating func openedConnection() throws(ArchiveError) -> DatabaseQueue {
        if let connection { return connection }
        let opened = try ArchiveConnection.openForWriting(location)
        connection = opened
        do throws(ArchiveError) {
            try readLastID()
        } catch {
            giveUpConnection()
            throw error
        }
        return opened
    }

    /// Closes the connection, which undoes a transaction that could not be rolled back and frees its lock. Letting go of it is
    /// not enough: what started the writer's thread still holds the first one.
    private mutating func giveUpConnection() {
        try? connection?.close()
        connection = nil
    }

    /// The connection for a job; nil where the file cannot be opened.
    mutating func withConnection(_ job: (Database?) -> Void) {
        uncopiedByteCount += Self.jobByteCount
        guard let connection = try? openedConnection() else { return job(nil) }
        let isInsideTransaction = connection.writeWithoutTransaction { db in
            job(db)
            return db.isInsideTransaction
        }
        // Its rollback failed.
        if isInsideTransaction { return giveUpConnection() }
        // A job may have added to the journal.
        do throws(ArchiveError) {
            try readLastID()
        } catch {
            giveUpConnection()
        }
    }

    /// Copies the log back into the file where it has grown enough, without waiting for readers.
    mutating func checkpointWhereDue() {
        guard let connection, uncopiedByteCount > Self.checkpointByteCount else { return }
        // Failing to copy loses nothing; the log stays and the next round tries again.
        connection.writeWithoutTransaction { _ = try? $0.checkpoint(.passive) }
        uncopiedByteCount = 0
    }

    /// Leaves the whole archive in one file.
    mutating func finish() {
        guard let connection else { return }
        connection.writeWithoutTransaction { _ = try? $0.checkpoint(.truncate) }
        try? connection.close()
        self.connection = nil
    }
}

extension CommitRefusal {
    init(_ error: ArchiveError) {
        self = error == .storageFull ? .storageFull : .storageFailed
    }
}
