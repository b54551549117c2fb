import Deliveries
import Foundation
import ServerTestKit
import TestKit
import Testing

@testable import Transfer

@Suite("Exporting to a folder")
struct ExportFolderTests {
    private static let body = Array("body".utf8)

    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("only the owner can read the folder and its files")
    func writes() throws {
        try TemporaryFolder.with { outer in
            let path = outer.path(of: "out")
            let folder = try ExportFolder(path, resumes: false)
            try folder.write(Self.body, as: "1-x.json")
            #expect(try Self.mode(path) == 0o700)
            #expect(try Self.mode(path + "/1-x.json") == 0o600)
            #expect(folder.holds("1-x.json", byteCount: 4, sha256: .sha256(of: Self.body)))
            #expect(!folder.holds("1-x.json", byteCount: 4, sha256: .sha256(of: [1, 2, 3, 4])))
            #expect(!folder.holds("2-x.json", byteCount: 4, sha256: .sha256(of: Self.body)))
            #expect(throws: TransferError.self) { try ExportFolder(path, resumes: false) }
            _ = try ExportFolder(path, resumes: true)
        }
    }

    @Test("the manifest lists each delivery, and SHA256SUMS lists each file")
    func manifest() throws {
        try TemporaryFolder.with { outer in
            let path = outer.path(of: "out")
            var export = try FolderExport(path, resumes: false)
            try export.add(.body(Self.body, id: 1))
            try export.add(.body([], id: 2, pruningReason: "over"))
            #expect(!FileManager.default.fileExists(atPath: path + "/manifest.ndjson"))
            try export.finish()
            #expect(try Data(contentsOf: URL(filePath: path + "/1-income.txt")) == Data(Self.body))
            let manifest = try String(contentsOfFile: path + "/manifest.ndjson", encoding: .utf8)
            #expect(manifest.split(separator: "\n").count == 2)
            #expect(manifest.contains(#""bodyPruned":"over""#))
            let sums = try String(contentsOfFile: path + "/SHA256SUMS", encoding: .utf8)
            let bodyDigest = Hex.encode([UInt8].sha256(of: Self.body))
            let manifestDigest = Hex.encode([UInt8].sha256(of: Array(manifest.utf8)))
            #expect(sums == "\(bodyDigest)  1-income.txt\n\(manifestDigest)  manifest.ndjson\n")
        }
    }

    @Test("a symbolic link is replaced, and its target is not changed")
    func links() throws {
        try TemporaryFolder.with { outer in
            let (path, victim) = (outer.path(of: "out"), outer.path(of: "victim"))
            try Data(Self.body).write(to: URL(filePath: victim))
            let folder = try ExportFolder(path, resumes: false)
            for name in ["1-x.json", ".1-x.json.part"] {
                try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: victim)
            }
            #expect(!folder.holds("1-x.json", byteCount: 4, sha256: .sha256(of: Self.body)))
            try folder.write([1], as: "1-x.json")
            #expect(try Data(contentsOf: URL(filePath: victim)) == Data(Self.body))
            #expect(try Data(contentsOf: URL(filePath: path + "/1-x.json")) == Data([1]))
            let link = outer.path(of: "link")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            #expect(throws: TransferError.self) { try ExportFolder(link, resumes: true) }
        }
    }
}
