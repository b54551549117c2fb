import CallboxConfiguration
import ControlSocket
import Dispatch
import Journal
import Providers
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer

@Suite("A server that replaces another", .offPool)
struct HandOverTests {
    private static func server(_ log: RecordedLog, replaces: Bool) throws -> Server {
        let configuration = try ConfigurationFile.parse("sources: {klavi: {verify: none}}", file: "c.yaml")
        let sources = try SourceTable(configuration, environment: [:])
        return Server(
            configuration, live: LiveConfiguration(configuration, sources) { (configuration, sources) },
            logger: log.logger(), now: { .fixture },
            report: { FailureReport(status: 75, message: "\($0)", advice: nil) }, replaces: replaces,
            announce: { _ in })
    }

    @Test("the new server waits for the archive and logs one line per process that holds it")
    func waits() async throws {
        let log = RecordedLog()
        let holders: [Int32?] = [nil, nil, 7, 7, 8]
        var attempts = 0
        let opened = try await Self.server(log, replaces: true).waitingForLock {
            attempts += 1
            guard attempts <= holders.count else { return attempts }
            throw ArchiveError.heldByAnother(path: "/a", processID: holders[attempts - 1])
        }
        #expect(opened == 6)
        let line = "info waiting for the other server to release the archive archive=/a limit=120s process="
        #expect(log.lines == [line + "-", line + "7", line + "8"])
    }

    @Test("a server does not wait if the archive is free, or if it does not replace another server")
    func doesNotWait() async throws {
        let log = RecordedLog()
        #expect(try await Self.server(log, replaces: true).waitingForLock { 1 } == 1)
        await #expect(throws: ArchiveError.self) {
            _ = try await Self.server(log, replaces: false).waitingForLock { () throws -> Int in
                throw ArchiveError.heldByAnother(path: "/a", processID: nil)
            }
        }
        #expect(log.lines == [])
    }

    @Test("the wait for a running server that does not respond has a time limit and is logged")
    func silentServer() async throws {
        try await TemporaryFolder.with { folder in
            let directory = ArchiveDirectory(path: folder.path)
            directory.prepareControlSocket()
            let release = DispatchSemaphore(value: 0)
            let server = ControlServer<ControlRequest, ControlResponse>(path: directory.controlSocketPath) { _, _ in
                release.wait()
            }
            try server.start()
            defer {
                release.signal()
                server.stop()
            }
            let log = RecordedLog()
            let failure = await #expect(throws: ServerError.self) {
                _ = try await HandOver.take(
                    from: directory, listeningAt: "127.0.0.1:1", within: .milliseconds(10), log.logger())
            }
            #expect(
                failure
                    == .cannotTakeOver(
                        socketPath: directory.controlSocketPath, reason: "\(ControlFailure.timedOut)"))
            #expect(log.lines == ["info asking the running server to hand over archive=\(folder.path) limit=0s"])
        }
    }

    @Test("without a running server, no sockets are handed over and no line is logged")
    func noServer() async throws {
        try await TemporaryFolder.with { folder in
            let log = RecordedLog()
            let directory = ArchiveDirectory(path: folder.path)
            let sockets = try await HandOver.take(from: directory, listeningAt: "127.0.0.1:1", log.logger())
            #expect(sockets == [])
            #expect(log.lines == [])
        }
    }
}
