import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

@Suite struct ProjectorTests {
    @Test("a rebuild gives the same rows, down to the numbers")
    func rebuild() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll(Sample.all.filter(\.isArchived).map(SealedDelivery.init))
            try Projector.forSamples(writer).catchUp()
            let before = try ProjectionDump(writer.location)
            try writer.clearProjection()
            let cleared = try ProjectionDump(writer.location)
            #expect(ProjectionDump.tables.map(cleared.count) == [0, 0, 0, 0, 0, 1])
            #expect(cleared.cursor == 0)
            try Projector.forSamples(writer).catchUp()
            #expect(try ProjectionDump(writer.location) == before)
        }
    }

    @Test("a rebuild applies what the interpreter has learned since")
    func betterInterpreter() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(target: "/a"), .fixture(target: "/b")])
            try Projector(writer) { _ in [] }.catchUp()
            #expect(try ArchiveReader(writer.location).reports(matching: ReportFilter()).isEmpty)
            try writer.clearProjection()
            try Projector.byTarget(writer).catchUp()
            #expect(try ArchiveReader(writer.location).reports(matching: ReportFilter()).map(\.kind) == ["/b", "/a"])
        }
    }

    @Test("what was committed but not projected is caught up with after the archive was closed and opened again")
    func catchUpAfterReopening() async throws {
        try await TestArchive.withLocation { location in
            try await TestArchive.withWriter(at: location) { writer in
                try await writer.commitAll([.fixture(target: "/a")])
                try Projector.byTarget(writer).catchUp()
                try await writer.commitAll([.fixture(target: "/b"), .fixture(target: "/a")])
            }
            #expect(try ArchiveReader(location).unprojectedCount() == 2)
            try await TestArchive.withWriter(at: location) { writer in
                var progress: [Int64] = []
                try Projector.byTarget(writer).catchUp { progress.append($0.rawValue) }
                #expect(progress == [3])
            }
            let reports = try ArchiveReader(location).reports(matching: ReportFilter())
            #expect(reports.map(\.kind) == ["/b", "/a"])
            #expect(reports.map(\.attemptCount) == [1, 2])
        }
    }

    @Test("a long journal is projected in batches of 2048")
    func batches() async throws {
        try await TestArchive.withWriter { writer in
            let (ids, answered) = AsyncStream.makeStream(of: Int64?.self)
            for _ in 0..<5000 { writer.commit(.fixture()) { answered.yield($0.id) } }
            #expect(await ids.prefix(5000).reduce(into: []) { $0.append($1) } == Array(1...5000))
            var progress: [Int64] = []
            try Projector.byTarget(writer).catchUp { progress.append($0.rawValue) }
            #expect(progress == [2048, 4096, 5000])
            let report = try #require(try ArchiveReader(writer.location).reports(matching: ReportFilter()).first)
            #expect(report.attemptCount == 5000)
        }
    }

    @Test("a batch ends with the delivery that brings its bodies to 8 MiB")
    func batchByteCount() async throws {
        try await TestArchive.withWriter { writer in
            let large = SealedDelivery.fixture(body: .raw([UInt8](repeating: 0, count: 3 << 20)))
            let huge = SealedDelivery.fixture(body: .raw([UInt8](repeating: 0, count: 9 << 20)))
            try await writer.commitAll([large, large, large, large, huge, .fixture()])
            var progress: [Int64] = []
            try Projector.byTarget(writer).catchUp { progress.append($0.rawValue) }
            #expect(progress == [3, 5, 6])
        }
    }

    @Test("a started projector follows the journal until it is stopped")
    func following() async throws {
        try await TestArchive.withWriter { writer in
            let (targets, seen) = AsyncStream.makeStream(of: String.self)
            let projector = try Projector(writer) { delivery in
                seen.yield(delivery.request.target.text)
                return []
            }
            projector.start { Issue.record($0) }
            var following = targets.makeAsyncIterator()
            for target in ["/a", "/b", "/c"] {
                try await writer.commitAll([.fixture(target: target)])
                #expect(await following.next(isolation: #isolation) == target)
            }
            projector.stop()
            try await writer.commitAll([.fixture(target: "/d")])
            #expect(try ArchiveReader(writer.location).unprojectedCount() == 1)
        }
    }

    @Test("a projector that follows fills the tables again after they were emptied")
    func rebuildWhileFollowing() async throws {
        try await TestArchive.withWriter { writer in
            let (targets, seen) = AsyncStream.makeStream(of: String.self)
            let projector = try Projector(writer) { delivery in
                seen.yield(delivery.request.target.text)
                return []
            }
            projector.start { Issue.record($0) }
            var following = targets.makeAsyncIterator()
            try await writer.commitAll([.fixture(target: "/a")])
            #expect(await following.next(isolation: #isolation) == "/a")
            try await writer.commitAll([.fixture(target: "/b")])
            #expect(await following.next(isolation: #isolation) == "/b")
            try writer.clearProjection()
            #expect(await following.next(isolation: #isolation) == "/a")
            projector.stop()
        }
    }

    @Test("a damaged delivery is shown as unrecognised and holds up none after it")
    func damagedDelivery() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(target: "/a"), .fixture(target: "/b"), .fixture(target: "/c")])
            try PlainConnection.open(writer.location) { db in
                try db.execute(sql: "UPDATE body SET bytes = CAST('{\"a\":2}' AS BLOB) WHERE journalId = 2")
            }
            try Projector.byTarget(writer).catchUp()
            let reports = try ArchiveReader(writer.location).reports(matching: ReportFilter())
            #expect(reports.map(\.kind) == ["/c", "unrecognised", "/a"])
            let damaged = reports[1]
            #expect(damaged.deliveryID.rawValue == 2)
            #expect(damaged.route == nil)
            #expect(damaged.problem == "the stored delivery is damaged; 'callbox archive check' says more")
        }
    }

    @Test("a journal that lacks a number is projected across the gap")
    func gap() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(target: "/a"), .fixture(target: "/b"), .fixture(target: "/c")])
            try PlainConnection.open(writer.location) { db in
                try db.execute(sql: "PRAGMA foreign_keys = OFF; DROP TRIGGER journalIsNeverCut")
                try db.execute(sql: "DELETE FROM journal WHERE id IN (1, 2)")
            }
            try Projector.byTarget(writer).catchUp()
            let reports = try ArchiveReader(writer.location).reports(matching: ReportFilter())
            #expect(reports.map(\.kind) == ["/c"])
        }
    }
}
