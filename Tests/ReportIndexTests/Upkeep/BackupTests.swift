import Deliveries
import Foundation
import GRDB
import Synchronization
import TestKit
import Testing

@testable import ReportArchive

/// Copies of an archive, made beside its writer, and put in its place.
@Suite struct BackupTests {
    struct Stopped: Error {}

    private static func with(
        _ count: Int = 5, _ body: (TemporaryFolder, ArchiveWriter, ArchiveReader) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let location = ArchiveLocation(path: folder.path(of: "callbox.sqlite"))
            try await TestArchive.withWriter(at: location) { writer in
                try await writer.commitTogether((0..<count).map { UpkeepArchive.delivery(key: "\($0)") })
                try writer.project()
                try await body(folder, writer, ArchiveReader(location))
            }
        }
    }

    private static func expectFailure(
        _ error: ArchiveError, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
    ) {
        let failure = #expect(throws: ArchiveReadFailure.self, sourceLocation: sourceLocation) { try body() }
        guard case .archive(let found) = failure else {
            Issue.record("\(String(describing: failure))", sourceLocation: sourceLocation)
            return
        }
        #expect(found == error, sourceLocation: sourceLocation)
    }

    @Test("a copy has everything, is sound, is one file, and is its owner's alone")
    func copy() async throws {
        try await Self.with { folder, writer, reader in
            let copy = ArchiveLocation(path: folder.path(of: "deep/er/copy.sqlite"))
            try reader.backUp(to: copy)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(of: "deep/er")) == ["copy.sqlite"])
            let mode = try FileManager.default.attributesOfItem(atPath: copy.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let copied = try ArchiveReader(copy)
            #expect(try copied.check().findings == [])
            #expect(try copied.check().end == reader.check().end)
            #expect(try ProjectionDump(copy) == ProjectionDump(writer.location))
        }
    }

    @Test("a copy has what was there at its first step, while the writer commits and checkpoints between the steps")
    func besideWriter() async throws {
        try await Self.with { folder, writer, reader in
            var random = SplitMix64(seed: 6)
            // Enough that the log is copied back into the file several times.
            let later = (0..<30).map { number in
                UpkeepArchive.delivery(key: "later\(number)", body: .raw(random.bytes(200_000)))
            }
            let end = try reader.check().end
            let copy = ArchiveLocation(path: folder.path(of: "copy.sqlite"))
            var next = 0
            try reader.backUp(to: copy, pagesPerStep: 1) { done, total in
                #expect(done <= total)
                guard next < later.count else { return }
                #expect(writer.commitBlocking(later[next]) != nil)
                next += 1
            }
            #expect(next == later.count)
            let check = try ArchiveReader(copy).check()
            #expect(check.findings == [])
            #expect(check.end == end)
            #expect(try reader.check().deliveryCount == 35)
            #expect(try reader.check(against: end).findings == [])
        }
    }

    @Test("copies made one after another beside commits are each a beginning of the journal, whole and sound")
    func prefixes() async throws {
        try await Self.with { folder, writer, reader in
            var last = 5
            for number in 0..<4 {
                let copy = ArchiveLocation(path: folder.path(of: "copy\(number).sqlite"))
                async let committed: Void = writer.commitTogether(
                    (0..<50).map { UpkeepArchive.delivery(key: "\(number) \($0)") })
                try reader.backUp(to: copy, pagesPerStep: 3)
                let check = try ArchiveReader(copy).check()
                #expect(check.findings == [])
                #expect(check.end.id.rawValue == Int64(check.deliveryCount))
                #expect(check.deliveryCount >= last)
                last = check.deliveryCount
                try await committed
                #expect(try reader.check(against: check.end).findings == [])
            }
        }
    }

    @Test("a file that is there already is neither replaced nor touched")
    func existing() async throws {
        try await Self.with { folder, _, reader in
            let copy = ArchiveLocation(path: folder.path(of: "copy.sqlite"))
            try Data("mine".utf8).write(to: URL(filePath: copy.path))
            let before = try folder.names()
            Self.expectFailure(.alreadyThere(path: copy.path)) {
                try reader.backUp(to: copy)
            }
            Self.expectFailure(.alreadyThere(path: reader.location.path)) {
                try reader.backUp(to: reader.location)
            }
            #expect(try Data(contentsOf: URL(filePath: copy.path)) == Data("mine".utf8))
            #expect(try folder.names() == before)
        }
    }

    @Test("a file that comes while the copy is made is not replaced either")
    func comesMeanwhile() async throws {
        try await Self.with { folder, _, reader throws in
            let copy = ArchiveLocation(path: folder.path(of: "copy.sqlite"))
            Self.expectFailure(.cannotOpen(path: copy.path, reason: "File exists")) {
                try reader.backUp(to: copy) { _, _ in try Data("mine".utf8).write(to: URL(filePath: copy.path)) }
            }
            #expect(try Data(contentsOf: URL(filePath: copy.path)) == Data("mine".utf8))
            #expect(try folder.names().filter { $0.contains("part") } == [])
        }
    }

    @Test("a log that another archive left where the copy goes is not played back into it")
    func strayLog() async throws {
        try await Self.with { folder, _, reader in
            let copy = ArchiveLocation(path: folder.path(of: "copy.sqlite"))
            try Data("log".utf8).write(to: URL(filePath: copy.path + "-wal"))
            Self.expectFailure(
                .cannotOpen(
                    path: copy.path + "-wal",
                    reason: "it belongs to an archive that was there; move it away as well")
            ) { try reader.backUp(to: copy) }
            #expect(!copy.exists)
        }
    }

    @Test("a copy that was stopped leaves nothing behind")
    func stopped() async throws {
        try await Self.with { folder, _, reader in
            let before = try folder.names()
            let failure = #expect(throws: ArchiveReadFailure.self) {
                try reader.backUp(to: ArchiveLocation(path: folder.path(of: "copy.sqlite")), pagesPerStep: 1) {
                    done, _ in
                    if done > 3 { throw Stopped() }
                }
            }
            guard case .stopped(let error) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(error is Stopped)
            #expect(try folder.names() == before)
        }
    }

    @Test("what a copy that was cut off left behind does not stand in the way of the next one")
    func leftovers() async throws {
        try await Self.with { folder, _, reader in
            let copy = ArchiveLocation(path: folder.path(of: "copy.sqlite"))
            for suffix in [".part", ".part-journal"] {
                try Data("half".utf8).write(to: URL(filePath: copy.path + suffix))
            }
            try reader.backUp(to: copy)
            #expect(try ArchiveReader(copy).check().findings == [])
            #expect(try folder.names().filter { $0.contains("part") } == [])
        }
    }

    @Test("what was restored is the archive that was backed up, and is written to from where it ended")
    func restore() async throws {
        try await Self.with { folder, _, reader in
            let copy = ArchiveLocation(path: folder.path(of: "copy.sqlite"))
            try reader.backUp(to: copy)
            let restored = ArchiveLocation(path: folder.path(of: "new/callbox.sqlite"))
            try restored.restore(from: copy)
            #expect(copy.exists)
            try await TestArchive.withWriter(at: restored) { writer in
                #expect(await writer.outcome(of: UpkeepArchive.delivery(key: "more")).id == 6)
                try writer.project()
                let restoredReader = try ArchiveReader(restored)
                #expect(try restoredReader.check(against: reader.check().end).findings == [])
                #expect(try restoredReader.reports(matching: ReportFilter()).count == 6)
            }
        }
    }

    @Test("an archive that is there is not restored over, whoever holds it")
    func restoreOver() async throws {
        try await Self.with { folder, writer, reader in
            let copy = ArchiveLocation(path: folder.path(of: "copy.sqlite"))
            try reader.backUp(to: copy)
            Self.expectFailure(.heldByAnother(path: writer.location.path, processID: getpid())) {
                try writer.location.restore(from: copy)
            }
            let other = ArchiveLocation(path: folder.path(of: "other.sqlite"))
            try ArchiveWriter(other).close()
            Self.expectFailure(.alreadyThere(path: other.path)) {
                try other.restore(from: copy)
            }
            #expect(try ArchiveReader(other).check().deliveryCount == 0)
            #expect(try reader.check().deliveryCount == 5)
        }
    }

    @Test("what is no archive is not restored, and nothing is left in its place", arguments: ["missing", "text"])
    func restoreJunk(name: String) throws {
        try TemporaryFolder.with { folder in
            let backup = ArchiveLocation(path: folder.path(of: name))
            if name == "text" { try Data("text".utf8).write(to: URL(filePath: backup.path)) }
            let place = ArchiveLocation(path: folder.path(of: "callbox.sqlite"))
            Self.expectFailure(
                name == "text" ? .notAnArchive(path: backup.path) : .missing(path: backup.path)
            ) { try place.restore(from: backup) }
            #expect(!place.exists)
            // The lock is given back.
            try ArchiveWriter(place).close()
        }
    }
}
