import Foundation
import TestKit
import Testing

@Suite("Failures are reported in one sentence and by the exit status", .programs)
struct FailureAcceptanceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        let says: String

        var testDescription: String {
            arguments.joined(separator: " ")
        }
    }

    @Test(
        "a wrong command line is reported in one sentence and by the exit status",
        arguments: [
            Case(arguments: ["lst"], status: 64, says: "Did you mean 'callbox list'?"),
            Case(arguments: ["list", "--limit", "many"], status: 64, says: "callbox: the value 'many' is invalid for"),
            Case(arguments: ["show", "\u{1b}[31m7"], status: 64, says: "\\u{1b}[31m7"),
            Case(arguments: ["serve", "--listen", "8787"], status: 64, says: "is not an address to listen on"),
            Case(arguments: ["config", "explain", "kalvi", "x"], status: 64, says: "Did you mean 'klavi'?"),
            Case(arguments: ["config", "urls", "--base-url", "example.com"], status: 64, says: "is not a base URL"),
        ])
    func commandLine(_ example: Case) throws {
        let bench = try Workbench()
        let result = try BuiltBinary.run("callbox", example.arguments, in: bench.folder)
        #expect(result.status == example.status)
        #expect(result.error.contains(example.says), "\(result.error)")
        #expect(result.output.isEmpty)
        #expect(!result.error.contains("\u{1b}"))
    }

    struct Configuration: Sendable, CustomTestStringConvertible {
        let yaml: String
        let says: String

        var testDescription: String {
            says
        }
    }

    @Test(
        "a wrong configuration is reported in one sentence and by the exit status",
        arguments: [
            Configuration(
                yaml: "sources:\n  klavi:\n    routs: {}",
                says: "line 3: sources.klavi has the unknown key 'routs'; did you mean 'routes'?"),
            Configuration(
                yaml: "sources:\n  klavi:\n    secrets: [hunter2]", says: "must contain 'env' or 'file'"),
            Configuration(yaml: "a: [", says: "not valid YAML"),
        ])
    func configuration(_ example: Configuration) throws {
        let result = try Workbench(example.yaml).callbox("config", "check")
        #expect(result.status == 78)
        #expect(result.error.contains(example.says), "\(result.error)")
        #expect(!result.error.contains("hunter2"))
    }

    @Test("a missing archive, configuration or secret is reported in one sentence and by the exit status")
    func missing() throws {
        let bench = try Workbench()
        let archive = try bench.callbox("list")
        #expect(archive.status == 66)
        #expect(archive.error.contains("there is no archive at \(bench.archive)"))
        let configuration = try bench.callbox("list", configuration: "/nowhere/callbox.yaml")
        #expect(configuration.status == 66)
        #expect(configuration.error.contains("cannot read the configuration /nowhere/callbox.yaml: no such file"))
        let path = try bench.file(
            "callbox.yaml", "sources:\n  klavi:\n    secrets: [{name: a, env: CALLBOX_TEST_MISSING}]")
        let secret = try bench.callbox("serve", configuration: path)
        #expect(secret.status == 78)
        #expect(secret.error.contains("CALLBOX_TEST_MISSING"))
    }

    @Test("a secret file that others can change is accepted with a warning", arguments: [0o600, 0o666])
    func exposedSecret(mode: mode_t) throws {
        let bench = try Workbench("sources:\n  klavi:\n    secrets: [{file: secret}]")
        let path = try bench.file("secret", "0123456789abcdef")
        #expect(chmod(path, mode) == 0)
        let result = try bench.callbox("config", "check")
        #expect(result.status == 0)
        let warning = "warning: \(path) has mode 0666: others can change it; chmod "
        let text = result.error.replacing("callbox: ", with: "").split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        #expect(text.contains(warning) == (mode == 0o666), "\(result.error)")
    }

    @Test("a source without a secret is rejected, unless it has 'verify: none'")
    func openDoor() throws {
        let bench = try Workbench()
        let careless = try bench.file("careless.yaml", "sources:\n  klavi: {path: /klavi}")
        let rejected = try bench.callbox("serve", configuration: careless)
        #expect(rejected.status == 78)
        #expect(rejected.error.contains("sources.klavi has no secret"))
        #expect(rejected.error.contains("verify: none"))
    }

    @Test("if a single step of a SQL statement exceeds the time limit, the process ends")
    func longStep() throws {
        let bench = try Workbench()
        #expect(try bench.serve().stop() == 0)
        // The statement compares up to a megabyte at each of 18 million positions, in one step. SQLite checks the
        // deadline only between steps.
        let sql = "select length(replace(hex(zeroblob(9000000)), hex(zeroblob(500000)) || '1', 'x'))"
        let result = try bench.callbox("sql", "--timeout", "1s", sql)
        #expect(result.status == 75)
        #expect(result.error.contains("the statement ran longer than --timeout"))
        #expect(result.output.isEmpty)
    }

    @Test("a port that is already in use is reported")
    func busyPort() throws {
        let bench = try Workbench()
        let other = try Workbench()
        let server = try bench.serve()
        let result = try other.callbox("serve", "--listen", "127.0.0.1:\(server.port)")
        #expect(result.status == 69)
        #expect(result.error.contains("another program already listens on 127.0.0.1:\(server.port)"))
    }

    @Test("a second server on the same archive is rejected")
    func busyArchive() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        let result = try bench.callbox("serve", "--listen", "127.0.0.1:0")
        #expect(result.status == 75)
        #expect(result.error.contains("another process (\(server.processID)) is writing to"))
    }

    @Test("a damaged archive, and a file that is not an archive, are reported")
    func damaged() throws {
        let bench = try Workbench()
        try FileManager.default.createDirectory(atPath: bench.archive, withIntermediateDirectories: true)
        _ = try bench.file(
            "archive/journal.sqlite", String(repeating: "this is a letter, not an archive\n", count: 200))
        let letter = try bench.callbox("list")
        #expect(letter.status == 65)
        #expect(letter.error.contains("is not a Callbox archive"))

        let victim = try Workbench()
        let server = try victim.serve()
        #expect(try deliver(to: server).status == 0)
        #expect(try server.stop() == 0)
        // Overwrites the second half of the file.
        let file = try FileHandle(forUpdating: URL(filePath: victim.journal))
        let size = try file.seekToEnd()
        try file.seek(toOffset: size / 2)
        try file.write(contentsOf: Data(repeating: 0xa5, count: Int(size / 2)))
        try file.close()
        let check = try victim.callbox("archive", "verify")
        #expect(check.status == 65)
        #expect(!(check.text + check.error).isEmpty)
    }

    @Test("a closed pipe ends a listing without an error")
    func brokenPipe() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(to: server).status == 0)
        let binary = BuiltBinary.folder.appending(path: "callbox").path()
        let command = "\(binary) list --all --format ndjson -c \(bench.configuration) -a \(bench.archive)"
        let result = try ChildProcess.run(URL(filePath: "/bin/bash"), ["-c", "set -o pipefail; \(command) | true"])
        #expect(result.status == 0)
        #expect(result.error.isEmpty)
    }
}
