internal import Deliveries
internal import Foundation
internal import Providers
internal import ReportArchive
internal import StrictJSON

/// How commands reach an archive: reading beside whoever writes, writing through whoever may.
struct ArchiveAccess {
    let location: ArchiveLocation
    private let configuration: CallboxConfiguration
    private let interpret: Projector.Interpret
    private let console: Console

    /// How long a query waits for a running server to finish indexing what it has just received.
    private static let catchUpWait: Duration = .seconds(1)

    init(_ configuration: CallboxConfiguration, console: Console) {
        self.location = ArchiveLocation(path: configuration.archivePath)
        self.configuration = configuration
        self.interpret = ReportInterpreter.function(for: configuration.sources)
        self.console = console
    }

    /// A reader that sees every delivery of the journal as reports: what is not projected yet is projected first, by the
    /// server that runs, else here.
    func reader() async throws(CommandFailure) -> ArchiveReader {
        let reader = try openReader()
        guard try unprojectedCount(reader) > 0 else { return reader }
        do throws(ArchiveError) {
            let writer = try ArchiveWriter(location)
            defer { writer.close() }
            try catchUp(writer)
        } catch .heldByAnother {
            try await waitForServer(reader)
        } catch .cannotOpen {
            console.note("callbox: the archive is not writable, so its newest deliveries may be missing here")
        } catch {
            throw CommandFailure(error)
        }
        return reader
    }

    /// A reader for what needs no projection.
    func openReader() throws(CommandFailure) -> ArchiveReader {
        do throws(ArchiveError) {
            return try ArchiveReader(location)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Carries a write out: here where nobody writes, else by asking the server that does.
    ///
    /// - Returns: what there is to tell of it.
    @discardableResult
    func write(_ request: ControlRequest) async throws(CommandFailure) -> JSONDocument {
        let session = try writing()
        defer { session.close() }
        let told = try await session.write(request)
        if session.isServed {
            if request == .rebuild { try await waitForServer(try openReader(), limit: .seconds(3600)) }
        } else if let writer = session.writer {
            do throws(ArchiveError) {
                try catchUp(writer)
            } catch {
                throw CommandFailure(error)
            }
        }
        return told
    }

    /// Whoever may write now, for as many writes as are wanted.
    ///
    /// - Parameter createsArchive: whether an archive that is not there is made.
    func writing(createsArchive: Bool = false) throws(CommandFailure) -> WritingSession {
        guard location.exists || createsArchive else {
            throw CommandFailure(ArchiveError.missing(path: location.path))
        }
        let configuration = configuration
        do throws(ArchiveError) {
            let work = ControlWork(
                writer: try ArchiveWriter(location),
                sources: { () throws(CommandFailure) in
                    try SourceTable(configuration, environment: ProcessInfo.processInfo.environment)
                }, retention: { configuration.retention }, now: SystemClock.now)
            return WritingSession(location: location, work: work)
        } catch .heldByAnother {
            return WritingSession(location: location, work: nil)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func catchUp(_ writer: ArchiveWriter) throws(ArchiveError) {
        try Projector(writer, interpret: interpret).catchUp { console.progress("indexed up to delivery \($0)") }
        console.progress("")
    }

    private func waitForServer(
        _ reader: ArchiveReader, limit: Duration = catchUpWait
    ) async throws(CommandFailure) {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            let count = try unprojectedCount(reader)
            if count == 0 {
                console.progress("")
                return
            }
            console.progress("\(HumanText.count(count, "delivery", "deliveries")) to index")
            try? await Task.sleep(for: .milliseconds(20))
        }
        let count = try unprojectedCount(reader)
        if count > 0 {
            console.note("callbox: \(HumanText.count(count, "delivery is", "deliveries are")) not indexed yet")
        }
    }

    private func unprojectedCount(_ reader: ArchiveReader) throws(CommandFailure) -> Int64 {
        do throws(ArchiveReadFailure) {
            return try reader.unprojectedCount()
        } catch {
            throw CommandFailure(error)
        }
    }
}

/// A writer of the archive: this process, or the server that has it.
struct WritingSession {
    let location: ArchiveLocation
    /// Nil where a server writes.
    fileprivate let work: ControlWork?

    /// Whether a server does the writing, which has deliveries to see to.
    var isServed: Bool {
        work == nil
    }

    fileprivate var writer: ArchiveWriter? {
        work?.writer
    }

    @discardableResult
    func write(_ request: ControlRequest) async throws(CommandFailure) -> JSONDocument {
        guard let work else { return try await ControlSocket.send(request, to: location) }
        return try JSONDocument(trusted: try work(request))
    }

    func close() {
        work?.writer.close()
    }
}
