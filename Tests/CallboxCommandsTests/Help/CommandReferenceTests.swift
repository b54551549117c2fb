import Foundation
import TestKit
import Testing

@testable import CallboxCommands

@Suite("The command reference")
struct CommandReferenceTests {
    /// Compares a page under docs with the help. With `CALLBOX_WRITE_GOLDEN=1`, writes the page instead.
    private static func expect(_ text: String, in name: String) throws {
        let path = ProjectFolder.root.appending(path: "docs/" + name).path()
        if ProcessInfo.processInfo.environment["CALLBOX_WRITE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        let stored = try String(contentsOfFile: path, encoding: .utf8)
        #expect(stored == text, "docs/\(name) differs from the help")
    }

    @Test("docs/cli.md matches the help")
    func markdown() throws {
        try Self.expect(CommandReference.markdown, in: "cli.md")
    }

    @Test("the manual page matches the help")
    func manual() throws {
        try Self.expect(CommandReference.manual, in: "callbox.1")
    }

    @Test("no line of the help is interpreted as a roff request")
    func roff() {
        #expect(CommandReference.roff(".x\n'y\na\\b --c") == "\\&.x\n\\&'y\na\\eb \\-\\-c")
    }
}

@Suite("Shell completions")
struct LiveNamesTests {
    @Test("completions start with the typed text and contain no shell syntax")
    func offered() {
        let names = ["pf_income", "pf_credit_card", "link_created", "$(reboot)", "a b", "a:b", "pf_\u{1b}"]
        #expect(LiveNames.offered(names, for: "pf_") == ["pf_income", "pf_credit_card"])
        #expect(LiveNames.offered(names, for: "") == ["pf_income", "pf_credit_card", "link_created"])
    }

    @Test(
        "completions use the archive of the typed command line",
        arguments: [
            (["callbox", "list", "--archive", "x"], "x"), (["list", "-a", "y", "--type"], "y"),
            (["list", "--archive=z"], "z"), (["list", "--archive"], nil), (["list"], nil),
        ] as [([String], String?)])
    func archive(words: [String], path: String?) {
        #expect(LiveNames.value(of: ["-a", "--archive"], in: words) == path)
    }
}
