import CallbackServer
import Deliveries
import NIOCore
import NIOPosix
import Providers
import ReportArchive
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Asking a running server to write")
struct ControlSocketTests {
    /// Runs `body` beside a process's writer and control socket.
    private static func whileServing(
        _ archive: TestArchive, _ body: (ArchiveWriter) async throws -> Void
    ) async throws {
        let writer = try ArchiveWriter(archive.location)
        defer { writer.close() }
        let work = ControlWork(
            writer: writer, sources: { () throws(CommandFailure) in SourceTable([]) },
            retention: { Retention() }, now: { .fixture })
        let application = ControlSocket.application(work, pool: .singleton, now: { .fixture })
        let server = try await CallbackServer(limits: ServerLimits(), application: application)
            .listen(
                on: .unixSocket(path: archive.location.controlSocketPath), group: MultiThreadedEventLoopGroup.singleton)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(writer))
        } catch {
            outcome = .failure(error)
        }
        await server.shutDown(grace: .seconds(10))
        try outcome.get()
    }

    @Test("a replay is recorded by the server that has the archive")
    func recordsReplay() async throws {
        try await TestArchive.with { archive in
            try await Self.whileServing(archive) { _ in
                let access = ArchiveAccess(try archive.configuration(), console: RecordedOutput().console())
                try await access.write(.recordReplay(TestArchive.replay))
                let reader = try ArchiveReader(archive.location)
                #expect(try reader.replays(of: TestArchive.deliveryID) == [TestArchive.replay])
            }
        }
    }

    @Test("a rebuild empties what was indexed, for the server to fill again")
    func rebuilds() async throws {
        try await TestArchive.with { archive in
            let access = ArchiveAccess(try archive.configuration(), console: RecordedOutput().console())
            let reader = try await access.reader()
            #expect(try reader.unprojectedCount() == 0)
            try await Self.whileServing(archive) { _ in
                _ = try await ControlSocket.send(.rebuild, to: archive.location)
                #expect(try reader.unprojectedCount() == 1)
            }
        }
    }

    @Test("a server that cannot write says so")
    func failingServer() async throws {
        try await TestArchive.with { archive in
            try await Self.whileServing(archive) { writer in
                writer.close()
                await #expect(
                    throws: CommandFailure(
                        .tryAgain, "the archive is being closed", advice: "Try again.")
                ) { try await ControlSocket.send(.recordReplay(TestArchive.replay), to: archive.location) }
            }
        }
    }

    @Test("a process that holds the archive and does not answer is told by the path of its socket")
    func nobodyAnswers() async throws {
        try await TestArchive.with { archive in
            let writer = try ArchiveWriter(archive.location)
            defer { writer.close() }
            let access = ArchiveAccess(try archive.configuration(), console: RecordedOutput().console())
            await #expect(
                throws: CommandFailure(
                    .tryAgain,
                    "another process holds the archive and does not answer on \(archive.location.controlSocketPath)",
                    advice: "Stop it, or wait until it is done.")
            ) { try await access.write(.recordReplay(TestArchive.replay)) }
        }
    }
}
