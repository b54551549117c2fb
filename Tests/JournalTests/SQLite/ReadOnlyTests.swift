import ArchiveTestKit
import Deliveries
import Foundation
import TestKit
import Testing

@testable import Journal

/// Tests of reading in a read-only directory. Skipped for the superuser, who can write to any directory.
@Suite(.offPool, .enabled(if: geteuid() != 0)) struct ReadOnlyTests {
    /// Runs `body` with a read-only directory after `prepare` has created files in it.
    private static func withReadOnlyDirectory(
        _ prepare: (ArchiveDirectory) async throws -> Void, _ body: (JournalFile) throws -> Void
    ) async throws {
        try await TestArchive.withDirectory { directory in
            try await prepare(directory)
            chmod(directory.path, 0o500)
            defer { chmod(directory.path, 0o700) }
            try body(directory.journal)
        }
    }

    /// Copies the journal files with these suffixes while the writer runs.
    private static func copy(_ suffixes: [String], to directory: ArchiveDirectory) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(), .fixture()])
            for suffix in suffixes {
                try FileManager.default.copyItem(
                    atPath: writer.directory.journal.path + suffix, toPath: directory.journal.path + suffix)
            }
        }
    }

    @Test("a closed journal is readable")
    func closed() async throws {
        try await Self.withReadOnlyDirectory { directory in
            try await TestArchive.withWriter(at: directory) { try await $0.commitAll([.fixture(), .fixture()]) }
        } _: { journal in
            let verification = try JournalReader(journal).verify()
            #expect(verification.findings == [])
            #expect(verification.deliveryCount == 2)
            #expect(try JournalInfo(journal).end == verification.end)
        }
    }

    @Test("a copy with -wal and -shm is readable")
    func withLog() async throws {
        try await Self.withReadOnlyDirectory {
            try await Self.copy(["", "-wal", "-shm"], to: $0)
        } _: { journal throws in
            #expect(try JournalReader(journal).verify().deliveryCount == 2)
        }
    }

    @Test("a copy with -wal but without -shm is rejected with advice")
    func withoutSharedMemory() async throws {
        try await Self.withReadOnlyDirectory {
            try await Self.copy(["", "-wal"], to: $0)
        } _: { journal throws in
            let reason = "it has an unfinished log on a read-only medium; copy the archive and read the copy"
            #expect(throws: ArchiveError.cannotRead(path: journal.path, reason: reason)) { try JournalReader(journal) }
        }
    }

    @Test("later commits are visible, even if the log was empty when the reader was opened")
    func live() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            #expect(try writer.withDatabase { try WritingConnection.restartLog($0) })
            #expect(writer.directory.journal.logByteCount == 0)
            chmod(writer.directory.path, 0o500)
            defer { chmod(writer.directory.path, 0o700) }
            let reader = try writer.reader()
            #expect(try reader.end()?.position == 1)
            try await writer.commitAll([.fixture()])
            #expect(try reader.end()?.position == 2)
        }
    }

    @Test("if a journal is opened through a link, the log beside the journal is used")
    func link() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(), .fixture()])
            try await Self.withReadOnlyDirectory {
                try FileManager.default.createSymbolicLink(
                    atPath: $0.journal.path, withDestinationPath: writer.directory.journal.path)
            } _: { journal throws in
                #expect(writer.directory.journal.logByteCount > 0)
                #expect(try JournalReader(journal).verify().deliveryCount == 2)
            }
        }
    }

    @Test("a journal is readable if its path has characters that are special in URIs")
    func oddPath() async throws {
        try await TemporaryFolder.with { folder in
            let directory = ArchiveDirectory(path: folder.path(of: "a %41?b#c&d=\u{e9}"))
            try await TestArchive.withWriter(at: directory) { try await $0.commitAll([.fixture()]) }
            chmod(directory.path, 0o500)
            defer { chmod(directory.path, 0o700) }
            #expect(try JournalReader(directory.journal).verify().deliveryCount == 1)
        }
    }

    @Test("a writer cannot open a read-only directory")
    func writer() async throws {
        try await Self.withReadOnlyDirectory { _ in
        } _: { journal in
            let directory = ArchiveDirectory(path: FileSystem.parent(of: journal.path))
            #expect(throws: ArchiveError.notWritable(path: journal.path, owner: nil)) {
                try JournalWriter(directory)
            }
        }
    }
}
