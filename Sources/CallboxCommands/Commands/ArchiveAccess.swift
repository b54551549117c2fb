internal import CallboxConfiguration
internal import ControlSocket
internal import Deliveries
internal import Foundation
internal import Journal
internal import Providers
internal import Quarantine
internal import ReportIndex
internal import TerminalOutput

/// How commands reach an archive: reading beside whoever writes, writing through whoever may.
struct ArchiveAccess {
    let directory: ArchiveDirectory
    private let configuration: CallboxConfiguration
    private let console: Console

    /// How long a query waits for a running server to index what it has just received.
    private static let indexWait: Duration = .seconds(1)

    init(_ configuration: CallboxConfiguration, console: Console) {
        self.directory = ArchiveDirectory(path: configuration.archivePath)
        self.configuration = configuration
        self.console = console
    }

    /// A reader for reports. If entries are not indexed yet, waits a moment for the running server, then says how many are missing.
    func reader() async throws(CommandFailure) -> ArchiveReader {
        let reader = try openReader()
        guard try unindexedCount(reader) > 0 else { return reader }
        let isServed = ControlAddress.isListening(at: directory.controlSocketPath)
        if isServed { try await waitForServer(reader) }
        let count = try unindexedCount(reader)
        guard count > 0 else { return reader }
        let text = HumanText.count(count, "entry is", "entries are")
        console.note(
            isServed
                ? "callbox: \(text) not indexed yet"
                : "callbox: \(text) not indexed and missing here; run 'callbox archive reindex' or start the server")
        return reader
    }

    /// A reader for what does not depend on the index being complete.
    func openReader() throws(CommandFailure) -> ArchiveReader {
        do throws(ArchiveError) {
            return try ArchiveReader(directory)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Appends a record: here when no server runs, else through the server.
    ///
    /// - Returns: the position of the record, which is its ID.
    @discardableResult
    func append(_ record: JournalRecord, createsArchive: Bool = false) async throws(CommandFailure) -> Int64 {
        try await writing(createsArchive: createsArchive) { session throws(CommandFailure) in
            try await session.append(record)
        }
    }

    /// Runs a maintenance job: here when no server runs, else in the server.
    func run(_ job: MaintenanceJob) async throws(CommandFailure) -> MaintenanceResult {
        try await writing { session throws(CommandFailure) in try await session.run(job) }
    }

    /// Opens the archive for any number of writes and closes it.
    ///
    /// - Parameter createsArchive: whether a missing archive is created.
    func writing<Value>(
        createsArchive: Bool = false, _ work: (WritingSession) async throws(CommandFailure) -> Value
    ) async throws(CommandFailure) -> Value {
        let session = try session(createsArchive: createsArchive)
        let value: Value
        do throws(CommandFailure) {
            value = try await work(session)
        } catch {
            console.progress("")
            try? await session.close()
            throw error
        }
        console.progress("")
        try await session.close()
        return value
    }

    private func session(createsArchive: Bool) throws(CommandFailure) -> WritingSession {
        guard directory.exists || createsArchive else {
            throw CommandFailure(ArchiveError.missing(path: directory.path))
        }
        do throws(ArchiveError) {
            return WritingSession(local: try open(), console: console)
        } catch .heldByAnother(_, let processID) {
            guard ControlAddress.isListening(at: directory.controlSocketPath) else {
                let process = processID.map { "process \($0)" } ?? "another process"
                throw CommandFailure(
                    .tryAgain, "\(process) holds the archive and does not answer on \(directory.controlSocketPath)",
                    advice: "Stop it, or wait until it is done.")
            }
            return WritingSession(served: directory, console: console)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func open() throws(ArchiveError) -> OpenArchive {
        let configuration = configuration
        let writer = try JournalWriter(directory)
        do throws(ArchiveError) {
            let parser = ReportParser(configuration)
            return OpenArchive(
                writer: writer, indexer: try Indexer(directory, parser: parser),
                quarantine: try QuarantineWriter(directory, limits: configuration.quarantine), parser: parser,
                sources: { () throws(CommandFailure) in
                    try translating { try SourceTable(configuration, environment: ProcessInfo.processInfo.environment) }
                }, retention: { configuration.retention }, now: SystemClock.now, isServed: false)
        } catch {
            writer.close()
            throw error
        }
    }

    private func waitForServer(_ reader: ArchiveReader) async throws(CommandFailure) {
        let end = ContinuousClock.now + Self.indexWait
        while ContinuousClock.now < end {
            let count = try unindexedCount(reader)
            guard count > 0 else { break }
            console.progress("\(HumanText.count(count, "entry", "entries")) to index")
            try? await Task.sleep(for: .milliseconds(20))
        }
        console.progress("")
    }

    private func unindexedCount(_ reader: ArchiveReader) throws(CommandFailure) -> Int64 {
        try reading { () throws(ArchiveReadFailure) in try reader.unindexedCount() }
    }
}

/// An archive that a command writes to: itself, or through the server that holds it.
struct WritingSession {
    private enum Holder {
        case command(Maintenance)
        /// The path of its control socket.
        case server(path: String)
    }

    private let holder: Holder
    private let console: Console

    fileprivate init(local archive: OpenArchive, console: Console) {
        holder = .command(Maintenance(archive))
        self.console = console
    }

    fileprivate init(served directory: ArchiveDirectory, console: Console) {
        holder = .server(path: directory.controlSocketPath)
        self.console = console
    }

    /// Whether a running server holds the archive.
    var isServed: Bool {
        if case .server = holder { true } else { false }
    }

    @discardableResult
    func append(_ drafts: [DraftEntry]) async throws(CommandFailure) -> AppendedEntries {
        switch holder {
        case .command(let maintenance):
            return try await blocking { () throws(CommandFailure) in try maintenance.archive.append(drafts) }
        case .server:
            guard case .appended(let entries) = try await ask(.append(drafts)) else { throw Self.unexpectedResponse }
            return entries
        }
    }

    /// Appends one record and returns its position.
    @discardableResult
    func append(_ record: JournalRecord) async throws(CommandFailure) -> Int64 {
        try await append([.record(record)]).positions.first ?? 0
    }

    func run(_ job: MaintenanceJob) async throws(CommandFailure) -> MaintenanceResult {
        switch holder {
        case .command(let maintenance):
            let console = console
            return try await blocking { () throws(CommandFailure) in
                try maintenance.run(job) { console.progress($0) }
            }
        case .server:
            guard case .finished(let result) = try await ask(.run(job)) else { throw Self.unexpectedResponse }
            return result
        }
    }

    /// Closes the archive. What was appended here is indexed first.
    fileprivate func close() async throws(CommandFailure) {
        switch holder {
        case .command(let maintenance):
            let console = console
            try await blocking { () throws(CommandFailure) in
                try maintenance.archive.close { console.progress("indexed up to entry \($0)") }
            }
            console.progress("")
        case .server: break
        }
    }

    /// Sends a request to the server over a connection of its own and shows the progress.
    private func ask(_ request: ControlRequest) async throws(CommandFailure) -> ControlResponse {
        guard case .server(let path) = holder else { throw Self.unexpectedResponse }
        let console = console
        return try await blocking { () throws(CommandFailure) in
            let response: ControlResponse
            do throws(ControlFailure) {
                let client = try ControlClient<ControlRequest, ControlResponse>.connect(path: path)
                defer { client.close() }
                try client.send(request)
                response = try Self.lastResponse(client, console)
            } catch {
                throw CommandFailure(
                    .tryAgain, "the server stopped answering on \(path): \(error)",
                    advice: "Check with 'callbox list' whether it was done, then run the command again.")
            }
            guard case .failed(let status, let message, let advice) = response else { return response }
            throw CommandFailure(ExitStatus(rawValue: status) ?? .inputOutput, message, advice: advice)
        }
    }

    private static func lastResponse(
        _ client: ControlClient<ControlRequest, ControlResponse>, _ console: Console
    ) throws(ControlFailure) -> ControlResponse {
        while let response = try client.receive() {
            guard case .progress(let text) = response else { return response }
            console.progress(text)
        }
        throw .closed
    }

    private static let unexpectedResponse = CommandFailure(
        .internalFailure, "the server answered something else than what was asked")
}

/// Runs work that blocks on a thread of its own, off the threads that tasks share.
func blocking<Value: Sendable>(
    _ work: @escaping @Sendable () throws(CommandFailure) -> Value
) async throws(CommandFailure) -> Value {
    let result: Result<Value, CommandFailure> = await withCheckedContinuation { continuation in
        let thread = Thread { continuation.resume(returning: Result { () throws(CommandFailure) in try work() }) }
        thread.name = "callbox-blocking"
        thread.start()
    }
    return try result.get()
}
