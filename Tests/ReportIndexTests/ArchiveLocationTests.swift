import Deliveries
import Foundation
import ReportArchive
import TestKit
import Testing

@Suite struct ArchiveLocationTests {
    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    @Test("the archive, its log, its index and its lock are for their owner alone, whatever the umask")
    func fileModes() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            let path = writer.location.path
            for file in [path, path + "-wal", path + "-shm", writer.location.lockPath] {
                #expect(try Self.mode(file) == 0o600, "\(file)")
            }
        }
    }

    @Test("missing folders are made for their owner alone")
    func folders() throws {
        try TemporaryFolder.with { folder in
            let location = ArchiveLocation(path: folder.path(of: "a/b/callbox.sqlite"))
            try ArchiveWriter(location).close()
            #expect(try Self.mode(folder.path(of: "a")) == 0o700)
            #expect(try Self.mode(folder.path(of: "a/b")) == 0o700)
        }
    }

    @Test("a folder that is a file is named")
    func fileInTheWay() throws {
        try TemporaryFolder.with { folder in
            try Data().write(to: URL(filePath: folder.path(of: "a")))
            let location = ArchiveLocation(path: folder.path(of: "a/callbox.sqlite"))
            let failure = #expect(throws: ArchiveError.self) { try ArchiveWriter(location) }
            guard case .cannotOpen(let path, _) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(path.hasPrefix(folder.path(of: "a")))
        }
    }

    @Test("the files beside the archive share its name")
    func neighbours() {
        let location = ArchiveLocation(path: "/srv/callbox.sqlite")
        #expect(location.lockPath == "/srv/callbox.sqlite.lock")
        #expect(location.controlSocketPath == "/srv/callbox.sqlite.sock")
        #expect(!location.exists)
    }
}
