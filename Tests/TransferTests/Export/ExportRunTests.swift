import Foundation
import Journal
import ReportIndex
import ServerTestKit
import TerminalOutput
import TestKit
import Testing

@testable import Transfer

@Suite("Running an export", .offPool)
struct ExportRunTests {
    private static func export(
        _ archive: TestArchive, to export: some DeliveryExport, isStopped: Bool
    ) throws -> ExportRun.Outcome {
        try archive.index()
        var run = ExportRun(try ArchiveReader(archive.directory), masking: nil) { _ in }
        return try run.export([TestArchive.deliveryID], to: export, isStopped: { isStopped })
    }

    @Test("the file of a stopped NDJSON export is kept, and the export can be resumed", arguments: [false, true])
    func lines(isStopped: Bool) async throws {
        try await TestArchive.with { archive in
            let path = archive.directory.path + ".ndjson"
            let export = RecordExport(try .lines(path, resumes: false), isArray: false)
            let outcome = try Self.export(archive, to: export, isStopped: isStopped)
            #expect(outcome == (isStopped ? .stopped(canResume: true) : .finished))
            #expect(FileManager.default.fileExists(atPath: path))
            let resumed = try ExportFile.lines(path, resumes: true)
            #expect(resumed.lastID == (isStopped ? nil : 1))
        }
    }

    @Test("a stopped export that cannot be resumed leaves no file", arguments: [false, true])
    func whole(isStopped: Bool) async throws {
        try await TestArchive.with { archive in
            let path = archive.directory.path + ".json"
            let folder = URL(filePath: path).deletingLastPathComponent().path()
            do {
                let export = RecordExport(try .whole(path), isArray: true)
                let outcome = try Self.export(archive, to: export, isStopped: isStopped)
                #expect(outcome == (isStopped ? .stopped(canResume: false) : .finished))
            }
            #expect(FileManager.default.fileExists(atPath: path) == !isStopped)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(!names.contains { $0.hasSuffix(".part") })
        }
    }

    @Test("an existing file is not replaced")
    func occupied() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "x")
            try Data([1]).write(to: URL(filePath: path))
            #expect(throws: TransferError.self) { try ExportFile.whole(path) }
            #expect(throws: TransferError.self) { try ExportFile.lines(path, resumes: false) }
            #expect(throws: TransferError.self) { try ExportFile.lines(path, resumes: true) }
            #expect(try Data(contentsOf: URL(filePath: path)) == Data([1]))
            #expect(throws: TransferError.self) { try ExportFile.whole(folder.path(of: "no/such/x")) }
            #expect(throws: TransferError.self) { try ExportFile.whole(folder.path + "/") }
        }
    }
}

@Suite("Names of exported bodies")
struct BodyFileNameTests {
    @Test(
        "the name of a body consists of the delivery ID, the report type and a suffix for the content",
        arguments: [
            ("income", #"{"a":1}"#, "42-income.json"), ("x", " [1] \n", "42-x.json"), ("x", "%PDF-1.7", "42-x.pdf"),
            ("x", "<!DOCTYPE HTML><p>", "42-x.html"), ("x", "", "42-x.txt"), ("x", "{]", "42-x.txt"),
        ])
    func name(type: String, body: String, name: String) {
        #expect(BodyFileName.name(.body(Array(body.utf8), type: type)) == name)
    }

    @Test(
        "a hostile report type cannot change the folder of the file",
        arguments: [
            "../../etc/passwd", "/abs", "a\u{0}b", "..", ".", "é\u{202e}", String(repeating: "k", count: 400), "",
        ])
    func hostile(type: String) {
        let name = BodyFileName.name(.body([0xff], type: type, id: .max))
        #expect(name.wholeMatch(of: /[0-9]+-[A-Za-z0-9._-]+\.bin/) != nil)
        #expect(name.utf8.count <= 100)
    }
}
