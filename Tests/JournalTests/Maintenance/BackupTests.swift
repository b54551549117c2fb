import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Synchronization
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct BackupTests {
    private static func with(
        _ count: Int = 5, _ body: (TemporaryFolder, JournalWriter, JournalReader) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            try await TestArchive.withWriter(at: ArchiveDirectory(path: folder.path(of: "archive"))) { writer in
                try await writer.commitTogether((0..<count).map { _ in .fixture() })
                try await body(folder, writer, writer.reader())
            }
        }
    }

    private static func journal(_ name: String, in folder: TemporaryFolder) -> JournalFile {
        JournalFile(path: folder.path(of: name))
    }

    private static func backUp(
        _ reader: JournalReader, to copy: JournalFile, pagesPerStep: Int32 = 2048,
        progress: (Int, Int) -> Bool = { _, _ in true }
    ) throws {
        #expect(try reader.backUp(to: copy, pagesPerStep: pagesPerStep, progress: progress))
    }

    @Test("a backup has all entries, verifies, and is a single file with mode 0600")
    func copy() async throws {
        try await Self.with { folder, writer, reader in
            try writer.prune([1])
            try writer.remove([2])
            let copy = Self.journal("copy.sqlite", in: folder)
            try Self.backUp(reader, to: copy)
            #expect(try folder.names() == ["archive", "copy.sqlite"])
            let mode = try FileManager.default.attributesOfItem(atPath: copy.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let copied = try JournalReader(copy)
            #expect(try copied.verify().findings == [])
            #expect(try copied.verify().end == reader.verify().end)
            let rows = "SELECT position || hex(chain) || encoding || hex(body) FROM entry ORDER BY position"
            #expect(try copied.strings(rows) == reader.strings(rows))
            #expect(try folder.names() == ["archive", "copy.sqlite"])
        }
    }

    @Test("a backup is a snapshot of the journal at its start, even if the writer commits during the backup")
    func besideWriter() async throws {
        try await Self.with { folder, writer, reader in
            var random = SplitMix64(seed: 6)
            // These bodies cause several checkpoints.
            let later = (0..<30).map { _ in EncodedDelivery.fixture(body: .raw(random.bytes(200_000))) }
            let end = try reader.verify().end
            let copy = Self.journal("copy.sqlite", in: folder)
            var next = 0
            try Self.backUp(reader, to: copy, pagesPerStep: 1) { done, total in
                #expect(done <= total)
                guard next < later.count else { return true }
                #expect(writer.commitBlocking(later[next]) != nil)
                next += 1
                return true
            }
            #expect(next > 5)
            let verification = try JournalReader(copy).verify()
            #expect(verification.findings == [])
            #expect(verification.end == end)
            #expect(try reader.verify().deliveryCount == 5 + next)
            #expect(try reader.verify(against: end).findings == [])
        }
    }

    @Test(
        "a file or link at the destination is neither changed nor followed",
        arguments: ["file", "link", "dangling link"])
    func existing(kind: String) async throws {
        try await Self.with { folder, _, reader in
            let copy = Self.journal("copy.sqlite", in: folder)
            let target = kind == "file" ? copy.path : folder.path(of: "target")
            let contents = kind == "dangling link" ? nil : Data("mine".utf8)
            try contents?.write(to: URL(filePath: target))
            if kind != "file" {
                try FileManager.default.createSymbolicLink(atPath: copy.path, withDestinationPath: target)
            }
            let before = try folder.names()
            #expect(throws: ArchiveError.self) { try reader.backUp(to: copy) }
            #expect(throws: ArchiveError.alreadyThere(path: reader.file.path)) { try reader.backUp(to: reader.file) }
            #expect(FileManager.default.contents(atPath: target) == contents)
            #expect(try folder.names() == before)
        }
    }

    @Test("an unfinished backup is in a folder with mode 0700, and other files are not changed")
    func plantedPart() async throws {
        try await Self.with { folder, _, reader in
            let copy = Self.journal("copy.sqlite", in: folder)
            let target = folder.path(of: "target")
            try Data("mine".utf8).write(to: URL(filePath: target))
            let planted = ["copy.sqlite.part", "copy.sqlite.part-journal", ".copy.sqlite.part-aaaaaa"]
            for name in planted {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.path(of: name), withDestinationPath: target)
            }
            let before = try folder.names()
            try Self.backUp(reader, to: copy, pagesPerStep: 1) { _, _ in
                let added = Set((try? folder.names()) ?? []).subtracting(before)
                #expect(added.count == 1)
                for name in added {
                    let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path(of: name))
                    #expect(attributes?[.type] as? FileAttributeType == .typeDirectory)
                    #expect(attributes?[.posixPermissions] as? Int == 0o700)
                }
                return true
            }
            #expect(FileManager.default.contents(atPath: target) == Data("mine".utf8))
            #expect(try JournalReader(copy).verify().findings == [])
            #expect(try folder.names() == (before + ["copy.sqlite"]).sorted())
        }
    }

    @Test("a backup removes the folder that a killed process left for the same file, but not a folder in use")
    func abandonedPart() async throws {
        try await Self.with { folder, _, reader in
            let abandoned = folder.path(of: ".copy.sqlite.part-aaaaaa")
            try FileManager.default.createDirectory(
                atPath: abandoned, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            try Data("half".utf8).write(to: URL(filePath: abandoned + "/copy"))
            let used = try PrivateFolder(for: folder.path(of: "copy.sqlite"))
            #expect(!FileManager.default.fileExists(atPath: abandoned))
            try Self.backUp(reader, to: Self.journal("copy.sqlite", in: folder))
            #expect(FileManager.default.fileExists(atPath: used.path))
        }
    }

    @Test("a file that appears during the backup is not replaced")
    func appearsMeanwhile() async throws {
        try await Self.with { folder, _, reader throws in
            let copy = Self.journal("copy.sqlite", in: folder)
            #expect(throws: ArchiveError.cannotOpen(path: copy.path, reason: "File exists")) {
                try reader.backUp(to: copy) { _, _ in
                    FileManager.default.createFile(atPath: copy.path, contents: Data("mine".utf8))
                }
            }
            #expect(try Data(contentsOf: URL(filePath: copy.path)) == Data("mine".utf8))
            #expect(try folder.names().filter { $0.contains("part") } == [])
        }
    }

    @Test("a write-ahead log of another journal at the destination is an error")
    func strayLog() async throws {
        try await Self.with { folder, _, reader in
            let copy = Self.journal("copy.sqlite", in: folder)
            try Data("log".utf8).write(to: URL(filePath: copy.path + "-wal"))
            let reason = "it belongs to an earlier archive; move it to another directory"
            #expect(throws: ArchiveError.cannotOpen(path: copy.path + "-wal", reason: reason)) {
                try reader.backUp(to: copy)
            }
            #expect(!copy.exists)
        }
    }

    @Test("a stopped backup leaves no files")
    func stopped() async throws {
        try await Self.with { folder, _, reader in
            let before = try folder.names()
            let copy = Self.journal("copy.sqlite", in: folder)
            #expect(try !reader.backUp(to: copy, pagesPerStep: 1) { done, _ in done <= 3 })
            #expect(try folder.names() == before)
        }
    }

    @Test("a restored journal equals the backup, and new entries follow its end")
    func restore() async throws {
        try await Self.with { folder, _, reader in
            let copy = Self.journal("copy.sqlite", in: folder)
            try Self.backUp(reader, to: copy)
            let restored = ArchiveDirectory(path: folder.path(of: "new"))
            #expect(try restored.restore(from: copy))
            #expect(copy.exists)
            try await TestArchive.withWriter(at: restored) { writer async throws in
                #expect(await writer.outcome(of: .fixture()).id == 6)
                #expect(try writer.reader().verify(against: reader.verify().end).findings == [])
            }
        }
    }

    @Test("a restore does not replace an existing archive, whether or not it is open")
    func restoreOver() async throws {
        try await Self.with { folder, writer, reader in
            let copy = Self.journal("copy.sqlite", in: folder)
            try Self.backUp(reader, to: copy)
            #expect(throws: ArchiveError.heldByAnother(path: writer.directory.path, processID: getpid())) {
                try writer.directory.restore(from: copy)
            }
            let other = ArchiveDirectory(path: folder.path(of: "other"))
            try JournalWriter(other).close()
            #expect(throws: ArchiveError.alreadyThere(path: other.journal.path)) { try other.restore(from: copy) }
            #expect(try JournalReader(other.journal).verify().deliveryCount == 0)
            #expect(try reader.verify().deliveryCount == 5)
        }
    }

    @Test("restoring from an invalid file fails and leaves no journal", arguments: ["missing", "text"])
    func restoreJunk(name: String) throws {
        try TemporaryFolder.with { folder in
            let backup = Self.journal(name, in: folder)
            if name == "text" { try Data("text".utf8).write(to: URL(filePath: backup.path)) }
            let directory = ArchiveDirectory(path: folder.path(of: "archive"))
            let error = name == "text" ? ArchiveError.notAnArchive(path: backup.path) : .missing(path: backup.path)
            #expect(throws: error) { try directory.restore(from: backup) }
            #expect(try !directory.exists)
            // Succeeds only if the lock was released.
            try JournalWriter(directory).close()
        }
    }
}
