import Foundation
import TestKit
import Testing

@testable import TerminalOutput

@Suite("Output through a pager")
struct PagedOutputTests {
    /// A pager that writes its input to a file.
    private static func recorder(_ path: String) throws -> PagerCommand {
        try #require(PagerCommand(environment: ["PAGER": "dd of=\(path) status=none", "PATH": "/usr/bin:/bin"]))
    }

    private static func write(_ lines: [String], _ pager: PagerCommand?) throws -> String {
        let output = RecordedOutput()
        try PagedOutput.with(output.console(isTerminal: true, width: 20, height: 5), pager: pager) { paged in
            for line in lines { try paged.print(line) }
        }
        return output.text
    }

    @Test("short output is printed, and longer output is sent to the pager, completely and in order")
    func length() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "paged")
            let pager = try Self.recorder(path)
            #expect(try Self.write(["1", "2", "3", "4"], pager) == "1\n2\n3\n4\n")
            #expect(!FileManager.default.fileExists(atPath: path))
            let lines = (1...5000).map(String.init)
            #expect(try Self.write(lines, pager) == "")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == lines.joined(separator: "\n") + "\n")
            // A long line takes several rows.
            #expect(try Self.write([String(repeating: "x", count: 99)], pager) == "")
        }
    }

    @Test("lines are printed if there is no pager, or if the pager cannot be started")
    func missing() throws {
        let lines = (1...99).map(String.init)
        let text = lines.joined(separator: "\n") + "\n"
        #expect(try Self.write(lines, nil) == text)
        let gone = try #require(PagerCommand(environment: ["PAGER": "/no/such/pager"]) { _ in true })
        #expect(try Self.write(lines, gone) == text)
    }

    @Test("if the user quits the pager, the output ends with a broken pipe")
    func quit() throws {
        let quitter = try #require(PagerCommand(environment: ["PAGER": "true", "PATH": "/usr/bin:/bin"]))
        signal(SIGPIPE, SIG_IGN)
        let line = String(repeating: "x", count: 1000)
        #expect(throws: StandardStream.BrokenPipe.self) {
            try Self.write(Array(repeating: line, count: 100_000), quitter)
        }
    }

    @Test("a failure during the output is reported after the earlier lines")
    func failure() throws {
        let output = RecordedOutput()
        #expect(throws: OutputError.self) {
            try PagedOutput.with(output.console(isTerminal: true, height: 9), pager: try Self.recorder("/dev/null")) {
                try $0.print("1")
                throw OutputError.diskFull
            }
        }
        #expect(output.text == "1\n")
    }
}
