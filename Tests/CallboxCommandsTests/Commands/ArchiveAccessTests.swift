import CallboxConfiguration
import CallboxServer
import Deliveries
import Foundation
import Journal
import ReportIndex
import ServerTestKit
import TerminalOutput
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Access of commands to an archive", .offPool)
struct ArchiveAccessTests {
    private static func access(_ archive: TestArchive, _ output: RecordedOutput = RecordedOutput()) throws
        -> ArchiveAccess
    {
        ArchiveAccess(try archive.configuration(), console: output.console())
    }

    @Test("without a server a query reads the existing index, and a note names the command that completes the index")
    func unindexed() async throws {
        try await TestArchive.with { archive in
            let output = RecordedOutput()
            let reader = try await Self.access(archive, output).reader()
            #expect(try reader.reports(matching: ReportFilter()).isEmpty)
            #expect(
                output.errorText == """
                    1 entry is not indexed and not shown; run 'callbox archive reindex' or start the server

                    """)
        }
    }

    @Test("a query of an indexed archive prints no notes and finds reports with their routes")
    func indexed() async throws {
        try await TestArchive.with { archive in
            try archive.index()
            let output = RecordedOutput()
            let reports = try await Self.access(archive, output).reader().reports(matching: ReportFilter())
            #expect(reports.map(\.type) == ["link_created"])
            #expect(reports.map(\.route) == [Route(rule: .specific, topic: "links")])
            #expect(output.errorText == "")
        }
    }

    @Test("a reader for a single delivery needs no index and prints no notes")
    func opensOnly() async throws {
        try await TestArchive.with { archive in
            let output = RecordedOutput()
            let reader = try Self.access(archive, output).openReader()
            #expect(try reader.unindexedCount() == 1)
            #expect(try reader.delivery(TestArchive.deliveryID) != nil)
            #expect(output.errorText == "")
        }
    }

    @Test("a writing command indexes existing and new entries")
    func records() async throws {
        try await TestArchive.with { archive in
            let access = try Self.access(archive)
            #expect(try await access.append(.replay(TestArchive.replay)) == 2)
            let reader = try access.openReader()
            #expect(try reader.replays(of: TestArchive.deliveryID) == [TestArchive.replay])
            #expect(try reader.unindexedCount() == 0)
        }
    }

    @Test("a writing command can index its entries before it ends")
    func indexesEarly() async throws {
        try await TestArchive.with { archive in
            let access = try Self.access(archive)
            try await access.writing { session in
                try await session.append(.replay(TestArchive.replay))
                let reader = try access.openReader()
                #expect(try reader.unindexedCount() == 2)
                try await session.index()
                #expect(try access.openReader().unindexedCount() == 0)
                #expect(try access.openReader().replays(of: TestArchive.deliveryID) == [TestArchive.replay])
            }
        }
    }

    @Test("a reindex routes earlier deliveries by the current configuration")
    func reindexes() async throws {
        try await TestArchive.with { archive in
            try archive.index()
            var changed = try archive.configuration()
            changed.sources[0].routes = try RouteTable([RouteEntry(key: "all", topic: "everything")])
            let access = ArchiveAccess(changed, console: RecordedOutput().console())
            #expect(try await access.run(.reindex) == .reindexed)
            let reports = try access.openReader().reports(matching: ReportFilter())
            #expect(reports.map(\.route) == [Route(rule: .all, topic: "everything")])
        }
    }

    @Test("a writing command replaces an index that is not a database, and a reading command ignores it")
    func unusableIndex() async throws {
        try await TestArchive.with { archive in
            try archive.index()
            try Data(String(repeating: "x", count: 5000).utf8).write(to: URL(filePath: archive.directory.indexPath))
            let access = try Self.access(archive)
            #expect(try access.openReader().unindexedCount() == 1)
            #expect(try await access.run(.reindex) == .reindexed)
            #expect(try access.openReader().unindexedCount() == 0)
        }
    }

    @Test("a missing archive cannot be read or written, and is not created")
    func missing() async throws {
        try await TemporaryFolder.with { folder in
            var configuration = CallboxConfiguration()
            configuration.archivePath = folder.path(of: "missing")
            let access = ArchiveAccess(configuration, console: RecordedOutput().console())
            let failure = CommandFailure(ArchiveError.missing(path: configuration.archivePath))
            await #expect(throws: failure) { _ = try await access.reader() }
            #expect(throws: failure) { _ = try access.openReader() }
            await #expect(throws: failure) { _ = try await access.run(.reindex) }
            await #expect(throws: failure) { try await access.append(.replay(TestArchive.replay)) }
            let names = try folder.names()
            #expect(names.isEmpty)
        }
    }
}
