package import CallboxConfiguration
internal import ControlSocket
package import Deliveries
internal import Foundation
package import Journal
package import NIOPosix
internal import Providers
package import Replication
internal import ReportIndex

/// An archive that a command writes to, either directly or through the server that holds the archive's lock.
package struct ArchiveSession: Sendable {
    private enum Holder {
        case command(Maintenance)
        case server(socketPath: String)
    }

    private let holder: Holder
    private let progress: @Sendable (String) -> Void

    /// Opens the archive, runs the work, indexes the appended entries, and closes the archive.
    ///
    /// - Parameters:
    ///   - createsArchive: whether a missing archive is created.
    ///   - progress: shows a line that replaces the previous line; an empty string removes the line.
    package static func with<Value>(
        _ configuration: CallboxConfiguration, createsArchive: Bool = false,
        now: @escaping @Sendable () -> Timestamp, progress: @escaping @Sendable (String) -> Void,
        _ work: (ArchiveSession) async throws -> Value
    ) async throws -> Value {
        let session = try ArchiveSession(configuration, createsArchive: createsArchive, now: now, progress: progress)
        let value: Value
        do {
            value = try await work(session)
        } catch {
            progress("")
            try? await session.close()
            throw error
        }
        progress("")
        try await session.close()
        return value
    }

    private init(
        _ configuration: CallboxConfiguration, createsArchive: Bool, now: @escaping @Sendable () -> Timestamp,
        progress: @escaping @Sendable (String) -> Void
    ) throws {
        self.progress = progress
        let directory = ArchiveDirectory(path: configuration.archivePath)
        if !createsArchive { try directory.requireJournal() }
        do {
            let archive = try OpenArchive(
                directory, quarantine: configuration.quarantine,
                parser: ReportParser(configuration),
                sources: { try SourceTable(configuration, environment: ProcessInfo.processInfo.environment) },
                retention: { configuration.retention }, now: now, isServed: false)
            holder = .command(Maintenance(archive))
        } catch ArchiveError.heldByAnother(_, let processID) {
            let path = directory.controlSocketPath
            guard ControlAddress.isListening(at: path) else {
                throw ServerError.holderDoesNotRespond(processID: processID, socketPath: path)
            }
            holder = .server(socketPath: path)
        }
    }

    /// True if a running server holds the archive's lock.
    package var isServed: Bool {
        if case .server = holder { true } else { false }
    }

    @discardableResult
    package func append(_ drafts: [DraftEntry]) async throws -> AppendedEntries {
        switch holder {
        case .command(let maintenance):
            return try await NIOThreadPool.singleton.blocking { try maintenance.archive.append(drafts) }
        case .server(let path):
            guard case .appended(let entries) = try await Self.request(.append(drafts), at: path, progress) else {
                throw ServerError.unexpectedResponse
            }
            return entries
        }
    }

    /// Appends one record and returns its position.
    @discardableResult
    package func append(_ record: JournalRecord) async throws -> Int64 {
        try await append([.record(record)]).positions.first ?? 0
    }

    /// Indexes the appended entries now, so other processes find them before this session is closed. Has no effect if
    /// a server holds the archive, because the server indexes them.
    ///
    /// - Parameter progress: called after each batch with the last indexed position.
    package func index(progress: @escaping @Sendable (Int64) -> Void = { _ in }) async throws {
        guard case .command(let maintenance) = holder else { return }
        try await NIOThreadPool.singleton.blocking {
            try maintenance.archive.indexer.indexAvailable(progress: progress)
        }
    }

    package func run(_ job: MaintenanceJob) async throws -> MaintenanceResult {
        switch holder {
        case .command(let maintenance):
            return try await NIOThreadPool.singleton.blocking { [progress] in
                try maintenance.run(job, progress: progress)
            }
        case .server(let path):
            guard case .finished(let result) = try await Self.request(.run(job), at: path, progress) else {
                throw ServerError.unexpectedResponse
            }
            return result
        }
    }

    private func close() async throws {
        guard case .command(let maintenance) = holder else { return }
        try await NIOThreadPool.singleton.blocking { [progress] in
            try maintenance.archive.close { progress("indexed up to entry \($0)") }
        }
        progress("")
    }

    /// Makes the server of the archive reload its configuration.
    ///
    /// - Throws: `ServerError.notServed` if no server runs, or the problems of the new configuration. If there
    ///   are problems, the server keeps the previous configuration.
    package static func reloadServer(_ directory: ArchiveDirectory) async throws -> LiveConfiguration.Reload {
        let path = directory.controlSocketPath
        guard try directory.exists, ControlAddress.isListening(at: path) else {
            throw ServerError.notServed(archivePath: directory.path)
        }
        guard case .reloaded(let reload) = try await request(.reload, at: path, { _ in }) else {
            throw ServerError.unexpectedResponse
        }
        return reload
    }

    /// The replication status of the process that holds the archive. Nil if no process holds it, or if that process
    /// runs an incompatible version.
    package static func replicationStatus(_ directory: ArchiveDirectory) async -> ReplicationStatus? {
        let path = directory.controlSocketPath
        guard ControlAddress.isListening(at: path),
            case .replication(let status)? = try? await request(.replicationStatus, at: path, { _ in })
        else { return nil }
        return status
    }

    /// Sends a request to the server over a new connection and shows the progress.
    private static func request(
        _ request: ControlRequest, at path: String, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> ControlResponse {
        let response = try await NIOThreadPool.singleton.blocking {
            do throws(ControlFailure) {
                let client = try ControlClient<ControlRequest, ControlResponse>.connect(path: path)
                defer { client.close() }
                try client.send(request)
                while let response = try client.receive() {
                    guard case .progress(let text) = response else { return response }
                    progress(text)
                }
                throw .closed
            } catch {
                throw ServerError.connectionLost(socketPath: path, reason: "\(error)")
            }
        }
        if case .failed(let failure) = response { throw failure }
        return response
    }
}

extension NIOThreadPool {
    /// Runs blocking work on a thread of this pool, outside the cooperative pool. Unlike `runIfActive`, runs the work
    /// even if the task is cancelled, because started work must still be recorded and open files must be closed.
    package func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit { _ in continuation.resume(with: Result(catching: work)) }
        }
    }
}
