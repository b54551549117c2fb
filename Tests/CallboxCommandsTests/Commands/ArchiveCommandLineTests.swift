import ArgumentParser
import Deliveries
import Journal
import Presentation
import Testing

@testable import CallboxCommands

@Suite("Arguments of maintenance commands")
struct ArchiveCommandLineTests {
    @Test(
        "valid arguments are accepted",
        arguments: [
            ["archive", "info"], ["archive", "info", "x.sqlite", "-f", "json"], ["archive", "compact"],
            ["archive", "compact", "--no-train", "--from-start"], ["archive", "reindex"], ["archive", "verify"],
            ["archive", "prune", "--dry-run", "--format", "csv"], ["archive", "prune", "--yes"],
            ["archive", "prune", "-y"], ["hold", "add", "1", "--reason", "x"],
            ["hold", "add", "--field", "a=b", "--reason", "x"],
            ["hold", "add", "--external", "a=b", "--reason", "x"], ["hold", "list"],
            ["hold", "release", "1"],
            ["archive", "backup", "x", "--no-verify", "--full-speed"], ["archive", "restore", "x", "--no-verify"],
            ["archive", "verify", "--against", "1:00"],
        ])
    func understood(arguments: [String]) {
        #expect(throws: Never.self) { try CallboxCommand.parseAsRoot(arguments) }
    }

    @Test(
        "missing and contradictory arguments are usage errors",
        arguments: [
            ["archive", "prune"], ["archive", "prune", "--dry-run", "--yes"], ["hold", "add"],
            ["hold", "add", "1"], ["hold", "add", "--reason", "x"],
            ["hold", "add", "1", "--reason", ""],
            ["hold", "add", "1", "--field", "a=b", "--reason", "x"],
            ["hold", "add", "--field", "a=b", "--external", "c=d", "--reason", "x"],
            ["hold", "release"], ["archive", "backup"], ["archive", "restore"], ["archive", "compact", "1"],
            ["archive", "info", "--format", "csv"], ["archive", "check"], ["archive", "rebuild"],
            ["archive", "repack"],
            ["archive", "train"], ["archive", "vacuum"],
        ])
    func rejected(arguments: [String]) throws {
        let error = try #require(throws: (any Error).self) { try CallboxCommand.parseAsRoot(arguments) }
        #expect(CallboxCommand.exitCode(for: error) == .validationFailure)
    }

    private static let hash = String(repeating: "ab", count: 32)

    @Test("a chain mark is a position and a hash")
    func mark() throws {
        let chain = [UInt8](repeating: 0xab, count: 32)
        let text = "42:\(Self.hash)"
        let mark = try ChainMark(argument: text)
        #expect(mark == ChainMark(position: 42, chain: chain))
        #expect(mark.text == text)
        #expect(try ChainMark(argument: text.uppercased()) == mark)
    }

    private static let noMarks: [String] = [
        "", ":", "42", "42:", "0:" + hash, "-1:" + hash, "42:" + hash + "ab", "42:" + hash.dropLast(2),
        "42:" + hash.replacing("ab", with: "zz"), "42:" + hash + ":1", "9999999999999999999:" + hash, "\u{1b}[2J",
    ]

    @Test("malformed chain marks are rejected", arguments: noMarks)
    func noMark(text: String) {
        let failure = #expect(throws: CommandFailure.self) { try ChainMark(argument: text) }
        #expect(failure?.status == .usage)
        #expect(failure?.message.contains("\u{1b}") == false)
    }
}
