import Foundation
import TestKit
import Testing

private enum Python {
    static let path = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}

@Suite("storage/README.md keeps its word", .enabled(if: Python.path != nil))
struct StorageReadmeTests {
    /// The blocks of the page in a language, in order.
    private static func blocks(_ language: String) throws -> [String] {
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "storage/README.md"), encoding: .utf8)
        return page.components(separatedBy: "```\(language)\n").dropFirst().map {
            $0.components(separatedBy: "\n```")[0]
        }
    }

    /// Runs `code` in a folder; its status and the lines it prints, with those of its errors.
    private static func run(_ code: String, in folder: URL) throws -> (status: Int32, lines: [String]) {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Python.path))
        process.arguments = ["-c", code]
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text.split(separator: "\n").map(String.init))
    }

    /// Samples delivered to a server with this archive, the first of them twice, in a folder as `callbox.sqlite`.
    private static func withArchive(_ body: (URL) throws -> Void) throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(to: server).status == 0)
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        #expect(server.stop() == 0)
        try FileManager.default.moveItem(
            atPath: bench.archive, toPath: bench.folder.appending(path: "callbox.sqlite").path())
        try body(bench.folder)
    }

    private static let deliveryCount = Sample.all.filter(\.isArchived).count + 1

    @Test("the Python of the page reads every delivery of an archive and verifies its chain")
    func python() throws {
        let blocks = try Self.blocks("python")
        #expect(blocks.count == 2)
        try Self.withArchive { folder in
            let heads = try Self.run(
                """
                import sqlite3
                archive = sqlite3.connect("file:callbox.sqlite?mode=ro", uri=True)
                for head, in archive.execute("SELECT head FROM journal"):
                    if head[0] & 0x0f == 8 and head[1] & 0x20: print("needs a dictionary")
                """, in: folder)
            #expect(heads.lines.count > 0)
            // Each block goes on from those before it.
            for count in 1...blocks.count {
                let (status, lines) = try Self.run(blocks.prefix(count).joined(separator: "\n"), in: folder)
                #expect(status == 0, "\(lines)")
                #expect(lines.count == Self.deliveryCount + count - 1)
                if count == 2 {
                    let end = try #require(lines.last).split(separator: " ")
                    #expect(end[0] == "\(Self.deliveryCount)")
                    #expect(end[1].count == 64)
                }
            }
        }
    }

    @Test("the Python for the chain names the delivery where a copy was damaged")
    func damage() throws {
        let code = try Self.blocks("python").joined(separator: "\n")
        let damages = [
            ("UPDATE journal SET uuid = zeroblob(16) WHERE id = 3", "delivery 3: the chain breaks here"),
            ("UPDATE journal SET receivedAtMilliseconds = 0 WHERE id = 2", "delivery 2: the chain breaks here"),
            ("UPDATE origin SET source = source || 'x'", "delivery 1: the chain breaks here"),
            ("DELETE FROM body WHERE journalId = 2; DELETE FROM journal WHERE id = 2", "delivery 2 is not there"),
        ]
        try Self.withArchive { folder in
            for (sql, failure) in damages {
                let copy = folder.appending(path: "copy")
                try? FileManager.default.removeItem(at: copy)
                try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: false)
                try FileManager.default.copyItem(
                    at: folder.appending(path: "callbox.sqlite"), to: copy.appending(path: "callbox.sqlite"))
                let damaging = try Self.run(
                    """
                    import sqlite3
                    archive = sqlite3.connect("callbox.sqlite")
                    archive.executescript('''
                        DROP TRIGGER journalIsNeverChanged; DROP TRIGGER journalIsNeverCut; \(sql);
                    ''')
                    """, in: copy)
                #expect(damaging.status == 0, "\(damaging.lines)")
                let (status, lines) = try Self.run(code, in: copy)
                #expect(status == 1)
                #expect(lines.last == "AssertionError: \(failure)", "\(sql)")
            }
        }
    }

    @Test("the SQL of the page runs")
    func sql() throws {
        try Self.withArchive { folder in
            for sql in try Self.blocks("sql") {
                let (status, lines) = try Self.run(
                    """
                    import sqlite3
                    archive = sqlite3.connect("file:callbox.sqlite?mode=ro", uri=True)
                    print(len(archive.execute('''\(sql)''').fetchall()))
                    """, in: folder)
                #expect(status == 0, "\(lines)")
            }
        }
    }
}
