import Deliveries
import Foundation
import TestKit
import Testing

@testable import ReportArchive

@Suite struct ArchiveLockTests {
    @Test("a second writer is refused and told which process holds the archive; readers are not")
    func secondWriter() async throws {
        try await TestArchive.withWriter { writer in
            let location = writer.location
            #expect(throws: ArchiveError.heldByAnother(path: location.path, processID: getpid())) {
                try ArchiveWriter(location)
            }
            #expect(throws: Never.self) { try ArchiveReader(location) }
            #expect(await writer.outcome(of: .fixture()).id == 1)
        }
    }

    @Test("closing gives the lock back")
    func closing() async throws {
        try await TestArchive.withLocation { location in
            try ArchiveWriter(location).close()
            try ArchiveWriter(location).close()
        }
    }

    @Test("an archive that could not be opened gives the lock back")
    func failedOpening() async throws {
        try await TestArchive.withLocation { location in
            try Data("this is no database, and long enough to be looked at".utf8).write(
                to: URL(filePath: location.path))
            for _ in 0..<2 {
                #expect(throws: ArchiveError.notAnArchive(path: location.path)) { try ArchiveWriter(location) }
            }
        }
    }

    @Test("a lock file left behind, whatever is in it, stops nobody")
    func leftBehind() async throws {
        try await TestArchive.withLocation { location in
            try Data("999999 and more than a number ever needs".utf8).write(to: URL(filePath: location.lockPath))
            try ArchiveWriter(location).close()
            #expect(try String(contentsOfFile: location.lockPath, encoding: .utf8) == "\(getpid())\n")
        }
    }

    @Test("a holder that wrote no number is still a holder")
    func holderWithoutNumber() async throws {
        try await TestArchive.withWriter { writer in
            try Data().write(to: URL(filePath: writer.location.lockPath), options: [])
            #expect(throws: ArchiveError.heldByAnother(path: writer.location.path, processID: nil)) {
                try ArchiveWriter(writer.location)
            }
        }
    }

    @Test("a lock that cannot be made names the file")
    func impossibleLock() async throws {
        try await TestArchive.withLocation { location in
            try FileManager.default.createDirectory(atPath: location.lockPath, withIntermediateDirectories: false)
            #expect(throws: ArchiveError.cannotOpen(path: location.lockPath, reason: "Is a directory")) {
                try ArchiveWriter(location)
            }
        }
    }
}
