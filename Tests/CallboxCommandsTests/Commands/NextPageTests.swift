import TerminalOutput
import Testing

@testable import CallboxCommands

@Suite("The command for the next page")
struct NextPageTests {
    @Test(
        "the command for the next page has the same flags and the next position",
        arguments: [
            (["list"], "callbox list --before 42"),
            (["list", "--before", "99", "-n", "5"], "callbox list -n 5 --before 42"),
            (["list", "--before=99", "--text", "it's"], #"callbox list --text 'it'\''s' --before 42"#),
            (["list", "--field", "a>=1", ""], "callbox list --field 'a>=1' '' --before 42"),
            (["list", "--text", "\u{1b}[2J"], #"callbox list --text '\u{1b}[2J' --before 42"#),
        ])
    func command(arguments: [String], expected: String) {
        #expect(NextPage.command(arguments, before: "42") == expected)
    }
}
