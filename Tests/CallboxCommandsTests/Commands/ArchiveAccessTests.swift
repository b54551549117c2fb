import Deliveries
import ReportArchive
import TestKit
import Testing

@testable import CallboxCommands

@Suite("How commands reach an archive")
struct ArchiveAccessTests {
    private static func access(_ archive: TestArchive, _ output: RecordedOutput = RecordedOutput()) throws
        -> ArchiveAccess
    {
        ArchiveAccess(try archive.configuration(), console: output.console())
    }

    @Test("a query sees what nobody has indexed yet, routed by the configuration")
    func catchesUp() async throws {
        try await TestArchive.with { archive in
            let reports = try await Self.access(archive).reader().reports(matching: ReportFilter())
            #expect(reports.map(\.kind) == ["link_created"])
            #expect(reports.map(\.route) == [Route(rule: .specific, box: "links")])
        }
    }

    @Test("a reader for a single delivery indexes nothing")
    func opensOnly() async throws {
        try await TestArchive.with { archive in
            let reader = try Self.access(archive).openReader()
            #expect(try reader.unprojectedCount() == 1)
            #expect(try reader.delivery(TestArchive.deliveryID) != nil)
        }
    }

    @Test("while another process writes and does not index, a query says what is missing and goes on")
    func heldByAnother() async throws {
        try await TestArchive.with { archive in
            let output = RecordedOutput()
            let writer = try ArchiveWriter(archive.location)
            defer { writer.close() }
            let reader = try await Self.access(archive, output).reader()
            #expect(try reader.reports(matching: ReportFilter()).isEmpty)
            #expect(output.errorText == "callbox: 1 delivery is not indexed yet\n")
        }
    }

    @Test("a replay is recorded here where nobody writes")
    func records() async throws {
        try await TestArchive.with { archive in
            let access = try Self.access(archive)
            try await access.write(.recordReplay(TestArchive.replay))
            #expect(try access.openReader().replays(of: TestArchive.deliveryID) == [TestArchive.replay])
        }
    }

    @Test("a rebuild routes the past by today's configuration")
    func rebuilds() async throws {
        try await TestArchive.with { archive in
            _ = try await Self.access(archive).reader()
            var changed = try archive.configuration()
            changed.sources[0].routes = try RouteTable([RouteEntry(key: "all", box: "everything")])
            let access = ArchiveAccess(changed, console: RecordedOutput().console())
            try await access.write(.rebuild)
            let reports = try access.openReader().reports(matching: ReportFilter())
            #expect(reports.map(\.route) == [Route(rule: .all, box: "everything")])
        }
    }

    @Test("an archive that is not there is neither read nor written nor made")
    func missing() async throws {
        try await TemporaryFolder.with { folder in
            var configuration = CallboxConfiguration()
            configuration.archivePath = folder.path(of: "missing.sqlite")
            let access = ArchiveAccess(configuration, console: RecordedOutput().console())
            let failure = CommandFailure(ArchiveError.missing(path: configuration.archivePath))
            await #expect(throws: failure) { _ = try await access.reader() }
            #expect(throws: failure) { _ = try access.openReader() }
            await #expect(throws: failure) { try await access.write(.rebuild) }
            let names = try folder.names()
            #expect(names.isEmpty)
        }
    }
}
