import ArchiveTestKit
import Deliveries
import Foundation
import TestKit
import Testing

@testable import Journal

/// Tests that no delivery is acknowledged while the file of an open archive is at another path.
@Suite(.offPool) struct MovedFileTests {
    private static func move(_ path: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path, toPath: other)
    }

    /// Moves an archive with one delivery away, runs `body` and moves the archive back. Expects that the next delivery
    /// is stored.
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

    @Test("a moved file accepts no delivery, and no empty archive is created at its path")
    func moved() async throws {
        try await Self.withMovedFile { writer, journal in
            for _ in 0..<3 {
                #expect(await writer.outcome(of: .fixture()).rejection == .storageFailed)
                #expect(throws: FileIdentity.moved(journal.path)) {
                    try writer.append(.holdRelease(HoldReleaseRecord(hold: 1)), at: .fixture)
                }
                #expect(!journal.exists)
            }
        }
    }

    @Test("after the file was replaced, neither the old nor the new file accepts a delivery")
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

    @Test("the failure contains the path and the cause")
    func reason() async throws {
        try await TestArchive.withWriter { writer, failures in
            try await writer.commitAll([.fixture()])
            let path = writer.directory.journal.path
            try Self.move(path, to: path + ".moved")
            _ = await writer.outcome(of: .fixture())
            let reason = "the file was moved or replaced while it was open; put it back or restart"
            #expect(failures.all == [.cannotOpen(path: path, reason: reason)])
        }
    }
}
