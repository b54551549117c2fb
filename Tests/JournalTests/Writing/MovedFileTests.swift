import ArchiveTestKit
import Deliveries
import Foundation
import TestKit
import Testing

@testable import Journal

/// An archive whose file is taken away while it is open: nothing more is acknowledged until it is back.
@Suite struct MovedFileTests {
    private static func move(_ path: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path, toPath: other)
    }

    /// Moves the archive of one delivery away, runs `body`, and puts it back; whether deliveries then go on from there.
    private static func withMovedFile(_ body: (JournalWriter, JournalFile) async throws -> Void) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(target: "/before")])
            let journal = writer.directory.journal
            try move(journal.path, to: journal.path + ".moved")
            try await body(writer, journal)
            try? FileManager.default.removeItem(atPath: journal.path)
            try move(journal.path + ".moved", to: journal.path)
            #expect(await writer.outcome(of: .fixture(target: "/after")).id == 2)
            let reader = try writer.reader()
            #expect(try reader.verify().findings == [])
            let targets = try (Int64(1)...2).map { try reader.delivery($0)?.request.target.text }
            #expect(targets == ["/before", "/after"])
        }
    }

    @Test("a file that was moved away takes no delivery, and takes them again once it is back")
    func moved() async throws {
        try await Self.withMovedFile { writer, journal in
            #expect(await writer.outcome(of: .fixture()).rejection == .storageFailed)
            #expect(!journal.exists)
        }
    }

    @Test("it takes none however often one is tried, and no empty archive takes its place")
    func movedForLonger() async throws {
        try await Self.withMovedFile { writer, journal in
            for _ in 0..<3 {
                #expect(await writer.outcome(of: .fixture()).rejection == .storageFailed)
                #expect(!journal.exists)
            }
        }
    }

    @Test("a file in whose place another one is takes no delivery, and neither does the other one")
    func replaced() async throws {
        try await Self.withMovedFile { writer, journal in
            let other = ArchiveDirectory(path: writer.directory.path + ".other")
            try JournalWriter(other).close()
            try Self.move(other.journal.path, to: journal.path)
            let before = FileManager.default.contents(atPath: journal.path)
            #expect(await writer.outcome(of: .fixture()).rejection == .storageFailed)
            #expect(await writer.outcome(of: .fixture()).rejection == .storageFailed)
            #expect(FileManager.default.contents(atPath: journal.path) == before)
        }
    }

    @Test("a file that was moved away takes no record either")
    func record() async throws {
        try await Self.withMovedFile { writer, journal in
            #expect(throws: FileIdentity.moved(journal.path)) {
                try writer.append(.holdRelease(HoldReleaseRecord(hold: 1)), at: .fixture)
            }
        }
    }

    @Test("the failure says what happened to the file")
    func reason() async throws {
        try await TestArchive.withDirectory { directory in
            let (failures, reported) = AsyncStream.makeStream(of: ArchiveError.self)
            try await TestArchive.withWriter(at: directory, reportFailure: { reported.yield($0) }) { writer in
                try await writer.commitAll([.fixture()])
                try Self.move(directory.journal.path, to: directory.journal.path + ".moved")
                _ = await writer.outcome(of: .fixture())
            }
            reported.finish()
            #expect(
                await failures.first { _ in true }
                    == .cannotOpen(
                        path: directory.journal.path,
                        reason: "the file was moved or replaced while it was open; put it back or restart"))
        }
    }
}
