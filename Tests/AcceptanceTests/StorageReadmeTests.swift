import Foundation
import TestKit
import Testing

enum Python {
    static let path = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}

@Suite("Examples of storage/README.md", .programs, .enabled(if: Python.path != nil))
struct StorageReadmeTests {
    /// The code blocks of the page in the given language, in the order of the page.
    private static func blocks(_ language: String) throws -> [String] {
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "storage/README.md"), encoding: .utf8)
        return page.components(separatedBy: "```\(language)\n").dropFirst().map {
            $0.components(separatedBy: "\n```")[0]
        }
    }

    /// Runs code in a folder. Returns its exit status and its output, including errors.
    private static func run(_ code: String, in folder: URL) throws -> (status: Int32, lines: [String]) {
        let result = try ChildProcess.run(URL(filePath: try #require(Python.path)), ["-c", code], in: folder)
        return (result.status, (result.text + result.error).split(separator: "\n").map(String.init))
    }

    /// Runs `body` with a folder of archive files. The archive contains the samples, the first one twice.
    private static func withArchive(_ body: (URL) throws -> Void) throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(to: server).status == 0)
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        #expect(try server.stop() == 0)
        #expect(try bench.callbox("archive", "reindex").status == 0)
        try body(URL(filePath: bench.archive, directoryHint: .isDirectory))
    }

    private static let deliveryCount = Sample.all.filter(\.isArchived).count + 1
    private static let script = ProjectFolder.root.appending(path: "storage/read_delivery.py").path()

    /// Runs the Python code of the page. Returns its exit status and its output, including errors.
    private static func readDelivery(_ arguments: [String], in folder: URL) throws -> (status: Int32, lines: [String]) {
        let list = ([script] + arguments).map { "'\($0)'" }.joined(separator: ", ")
        return try run(
            "import runpy, sys; sys.argv = [\(list)]; runpy.run_path(sys.argv[0], run_name='__main__')", in: folder)
    }

    @Test("the Python code of the page reads a delivery and verifies the chain of an archive")
    func python() throws {
        #expect(try Self.blocks("sh").contains { $0.contains("read_delivery.py journal.sqlite") })
        try Self.withArchive { folder in
            let one = try Self.readDelivery(["journal.sqlite", "1"], in: folder)
            #expect(one.status == 0, "\(one.lines)")
            #expect(one.lines.first?.hasPrefix("POST /") == true || one.lines.first?.hasPrefix("GET /") == true)
            let all = try Self.readDelivery(["journal.sqlite"], in: folder)
            #expect(all.status == 0, "\(all.lines)")
            #expect(all.lines.count > Self.deliveryCount)
        }
    }

    @Test("if a copy of an archive is damaged, the Python code of the page names the damaged entry")
    func damage() throws {
        let damages = [
            ("UPDATE entry SET uuid = zeroblob(16) WHERE position = 3", "entry 3: the chain breaks here"),
            ("UPDATE entry SET recordedAtMilliseconds = 0 WHERE position = 2", "entry 2: the chain breaks here"),
            ("UPDATE origin SET source = source || 'x' WHERE source IS NOT NULL", "the chain breaks here"),
            ("DELETE FROM entry WHERE position = 2", "entry 2 is missing"),
        ]
        try Self.withArchive { folder in
            for (sql, failure) in damages {
                let copy = folder.appending(path: "copy")
                try? FileManager.default.removeItem(at: copy)
                try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: false)
                try FileManager.default.copyItem(
                    at: folder.appending(path: "journal.sqlite"), to: copy.appending(path: "journal.sqlite"))
                let damaging = try Self.run(
                    """
                    import sqlite3
                    archive = sqlite3.connect("journal.sqlite")
                    archive.executescript('''
                        DROP TRIGGER entryIsNeverChanged; DROP TRIGGER entryIsNeverRemoved; \(sql);
                    ''')
                    """, in: copy)
                #expect(damaging.status == 0, "\(damaging.lines)")
                let (status, lines) = try Self.readDelivery(["journal.sqlite"], in: copy)
                #expect(status == 1)
                #expect(lines.last?.contains(failure) == true, "\(sql): \(lines.last ?? "")")
            }
        }
    }

    @Test("the SQL of each section runs on the file that the section describes")
    func sql() throws {
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "storage/README.md"), encoding: .utf8)
        try Self.withArchive { folder in
            for file in ["journal.sqlite", "index.sqlite"] {
                let section =
                    page.components(separatedBy: "\n## \(file)\n").last?.components(separatedBy: "\n## ").first ?? ""
                let blocks = section.components(separatedBy: "```sql\n").dropFirst()
                #expect(!blocks.isEmpty)
                for sql in blocks.map({ $0.components(separatedBy: "\n```")[0] }) {
                    let (status, lines) = try Self.run(
                        """
                        import sqlite3
                        archive = sqlite3.connect("file:\(file)?mode=ro", uri=True)
                        print(len(archive.execute('''\(sql)''').fetchall()))
                        """, in: folder)
                    #expect(status == 0, "\(lines)")
                }
            }
        }
    }
}
