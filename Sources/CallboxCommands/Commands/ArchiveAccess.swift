internal import CallboxConfiguration
internal import CallboxServer
internal import ControlSocket
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// Opens an archive for a command. The command can read while a server writes. If a server runs, the command writes
/// through the server.
struct ArchiveAccess {
    let directory: ArchiveDirectory
    private let configuration: CallboxConfiguration
    private let console: Console

    /// The time that a query waits for a running server to index new entries.
    private static let indexWait: Duration = .seconds(1)

    init(_ configuration: CallboxConfiguration, console: Console) {
        self.directory = ArchiveDirectory(path: configuration.archivePath)
        self.configuration = configuration
        self.console = console
    }

    /// True if a server listens on the control socket.
    var isServed: Bool { ControlAddress.isListening(at: directory.controlSocketPath) }

    /// A reader for reports. Waits briefly while a server indexes, then prints a note if entries are not indexed.
    func reader() async throws(CommandFailure) -> ArchiveReader {
        let reader = try openReader()
        guard try unindexedCount(reader) > 0 else { return reader }
        if isServed { try await waitForServer(reader) }
        let count = try unindexedCount(reader)
        guard count > 0 else { return reader }
        let text = HumanText.count(count, "entry is", "entries are")
        console.note(
            isServed
                ? "\(text) not indexed yet"
                : "\(text) not indexed and not shown; run 'callbox archive reindex' or start the server")
        return reader
    }

    /// A reader for queries that do not need a complete index.
    func openReader() throws(CommandFailure) -> ArchiveReader {
        try translating { try ArchiveReader(directory) }
    }

    /// Appends a record: directly if no server runs, otherwise through the server.
    ///
    /// - Returns: the position of the record, which is its ID.
    @discardableResult
    func append(_ record: JournalRecord, createsArchive: Bool = false) async throws(CommandFailure) -> Int64 {
        try await writing(createsArchive: createsArchive) { try await $0.append(record) }
    }

    /// Runs a maintenance job: in this process if no server runs, otherwise in the server.
    func run(_ job: MaintenanceJob) async throws(CommandFailure) -> MaintenanceResult {
        try await writing { try await $0.run(job) }
    }

    /// Opens the archive, runs `work`, and closes the archive. `work` may write any number of times.
    ///
    /// - Parameter createsArchive: whether a missing archive is created.
    func writing<Value>(
        createsArchive: Bool = false, _ work: (ArchiveSession) async throws -> Value
    ) async throws(CommandFailure) -> Value {
        do {
            return try await ArchiveSession.with(
                configuration, createsArchive: createsArchive, now: SystemClock.now,
                progress: { [console] in console.progress($0) }, work)
        } catch {
            throw CommandFailure(translating: error)
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
        try translating { try reader.unindexedCount() }
    }
}
