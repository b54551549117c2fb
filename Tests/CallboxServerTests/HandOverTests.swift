import CallboxConfiguration
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

    @Test("it waits for the archive, and its log has one line for each process that holds it")
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

    @Test("without a wait its log has no such line, and a server that replaces no other does not wait")
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
}
