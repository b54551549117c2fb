import Foundation
import TestKit
import Testing

@testable import CallboxCommands

@Suite("An export as a tar")
struct TarExportTests {
    private static func run(_ words: String...) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    @Test("tar lists and unpacks it, and sha256sum finds each file as it arrived")
    func readByOthers() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "x.tar")
            var export = try TarExport(ExportFile.whole(path))
            let bodies: [[UInt8]] = [
                [], Array("{}".utf8), Array(repeating: 7, count: 512), Array(repeating: 0xff, count: 70_000),
            ]
            for (position, body) in bodies.enumerated() { try export.add(.body(body, id: Int64(position + 1))) }
            try export.add(.body([], id: 9, pruningReason: "over"))
            #expect(!FileManager.default.fileExists(atPath: path))
            try export.finish()
            let listed = try Self.run("tar", "-tf", path)
            #expect(listed.status == 0)
            #expect(
                listed.text.split(separator: "\n") == [
                    "callbox-export/1-income.txt", "callbox-export/2-income.json", "callbox-export/3-income.txt",
                    "callbox-export/4-income.bin", "callbox-export/manifest.ndjson", "callbox-export/SHA256SUMS",
                ])
            #expect(try Self.run("tar", "-xf", path, "-C", folder.path).status == 0)
            let unpacked = folder.path(of: "callbox-export")
            let checked = try Self.run("sh", "-c", "cd '\(unpacked)' && sha256sum -c --strict SHA256SUMS")
            #expect(checked.status == 0)
            #expect(checked.text.split(separator: "\n").count == 5)
            let manifest = try String(contentsOfFile: unpacked + "/manifest.ndjson", encoding: .utf8)
            #expect(manifest.split(separator: "\n").count == 5)
            #expect(manifest.contains(#""bodyPruned":"over""#))
        }
    }

    @Test("a size that eleven octal digits cannot say is written in base 256")
    func large() {
        let limit: Int64 = 1 << 33
        #expect(
            TarHeader(name: "a", byteCount: limit - 1, modifiedAtSeconds: 0).bytes[124..<136].elementsEqual(
                Array("77777777777".utf8) + [0]))
        #expect(
            TarHeader(name: "a", byteCount: limit, modifiedAtSeconds: .max).bytes[124..<136].elementsEqual(
                [0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]))
    }

    @Test("a file that is there already stays")
    func occupied() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "x")
            try Data([1]).write(to: URL(filePath: path))
            #expect(throws: CommandFailure.self) { try ExportFile.whole(path) }
            #expect(throws: CommandFailure.self) { try ExportFile.lines(path, resumes: false) }
            #expect(throws: CommandFailure.self) { try ExportFile.lines(path, resumes: true) }
            #expect(try Data(contentsOf: URL(filePath: path)) == Data([1]))
            #expect(throws: CommandFailure.self) { try ExportFile.whole(folder.path(of: "no/such/x")) }
            #expect(throws: CommandFailure.self) { try ExportFile.whole(folder.path + "/") }
        }
    }
}
