internal import Deliveries
internal import Foundation
internal import ReportArchive

/// How commands reach an archive: reading beside whoever writes, writing through whoever may.
struct ArchiveAccess {
    let location: ArchiveLocation
    private let interpret: Projector.Interpret
    private let console: Console

    /// How long a query waits for a running server to finish indexing what it has just received.
    private static let catchUpWait: Duration = .seconds(1)

    init(_ configuration: CallboxConfiguration, console: Console) {
        self.location = ArchiveLocation(path: configuration.archivePath)
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
    func write(_ request: ControlRequest) async throws(CommandFailure) {
        guard location.exists else { throw CommandFailure(ArchiveError.missing(path: location.path)) }
        do throws(ArchiveError) {
            let writer = try ArchiveWriter(location)
            defer { writer.close() }
            switch request {
            case .recordReplay(let record): try writer.record(record)
            case .rebuild:
                try writer.clearProjection()
                try catchUp(writer)
            }
        } catch .heldByAnother {
            try await ControlSocket.send(request, to: location)
            if request == .rebuild { try await waitForServer(try openReader(), limit: .seconds(3600)) }
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
