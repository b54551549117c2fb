import Foundation
import TestKit
import Testing

@Suite("storage/README.md keeps its word")
struct StorageReadmeTests {
    @Test("the Python of the page reads every delivery of an archive", .enabled(if: Self.pythonPath != nil))
    func python() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(to: server).status == 0)
        #expect(server.stop() == 0)
        try FileManager.default.moveItem(
            atPath: bench.archive, toPath: bench.folder.appending(path: "callbox.sqlite").path())
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "storage/README.md"), encoding: .utf8)
        let code = try #require(page.components(separatedBy: "```python\n").last?.components(separatedBy: "```").first)
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.pythonPath))
        process.arguments = ["-c", code]
        process.currentDirectoryURL = bench.folder
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text.split(separator: "\n").count == Sample.all.filter(\.isArchived).count)
    }

    private static let pythonPath = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}
