import Deliveries
import Foundation
import TestKit
import Testing

@testable import ReportArchive

/// An archive whose file is taken away while it is open: nothing more is acknowledged until it is back.
@Suite struct MovedFileTests {
    private static func move(_ path: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path, toPath: other)
    }

    /// Moves the archive of one delivery away, runs `body`, and puts it back; whether deliveries then go on from there.
    private static func withMovedFile(_ body: (ArchiveWriter, ArchiveLocation) async throws -> Void) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(target: "/before")])
            let location = writer.location
            try move(location.path, to: location.path + ".moved")
            try await body(writer, location)
            try? FileManager.default.removeItem(atPath: location.path)
            try move(location.path + ".moved", to: location.path)
            #expect(await writer.outcome(of: .fixture(target: "/after")).id == 2)
            let reader = try ArchiveReader(location)
            #expect(try reader.check().findings == [])
            let targets = try (1...2).map { try reader.delivery(DeliveryID(rawValue: $0))?.request.target.text }
            #expect(targets == ["/before", "/after"])
        }
    }

    @Test("a file that was moved away takes no delivery, and takes them again once it is back")
    func moved() async throws {
        try await Self.withMovedFile { writer, location in
            #expect(await writer.outcome(of: .fixture()).refusal == .storageFailed)
            #expect(!location.exists)
        }
    }

    @Test("it takes none however often one is tried, and no empty archive takes its place")
    func movedForLonger() async throws {
        try await Self.withMovedFile { writer, location in
            for _ in 0..<3 {
                #expect(await writer.outcome(of: .fixture()).refusal == .storageFailed)
                #expect(!location.exists)
            }
        }
    }

    @Test("a file in whose place another one is takes no delivery, and neither does the other one")
    func replaced() async throws {
        try await Self.withMovedFile { writer, location in
            let other = ArchiveLocation(path: location.path + ".other")
            try ArchiveWriter(other).close()
            try Self.move(other.path, to: location.path)
            let before = FileManager.default.contents(atPath: location.path)
            #expect(await writer.outcome(of: .fixture()).refusal == .storageFailed)
            #expect(await writer.outcome(of: .fixture()).refusal == .storageFailed)
            #expect(FileManager.default.contents(atPath: location.path) == before)
        }
    }

    @Test("a file that was moved away takes no promoted delivery either")
    func promotion() async throws {
        try await TestArchive.withWriter { writer in
            #expect(writer.quarantine(.fixture()))
            try await writer.commitAll([.fixture()])
            try Self.move(writer.location.path, to: writer.location.path + ".moved")
            #expect(throws: ArchiveError.self) {
                try writer.promote(QuarantineID(rawValue: 1), as: .fixture(), at: .fixture, forcedBecause: nil)
            }
            try Self.move(writer.location.path + ".moved", to: writer.location.path)
        }
    }

    @Test("the failure says what happened to the file")
    func reason() async throws {
        try await TestArchive.withLocation { location in
            let (failures, reported) = AsyncStream.makeStream(of: ArchiveError.self)
            try await TestArchive.withWriter(at: location, reportFailure: { reported.yield($0) }) { writer in
                try await writer.commitAll([.fixture()])
                try Self.move(location.path, to: location.path + ".moved")
                _ = await writer.outcome(of: .fixture())
            }
            reported.finish()
            #expect(
                await failures.first { _ in true }
                    == .cannotOpen(
                        path: location.path,
                        reason: "the file was moved or replaced while it was open; put it back or restart"))
        }
    }
}
