import Testing

@testable import CallboxCommands

@Suite("Words that are no command")
struct UnknownCommandTests {
    @Test(
        "the nearest is named, or where they are listed",
        arguments: [
            (["lst"], "there is no command 'callbox lst'", "Did you mean 'callbox list'?"),
            (["help", "shwo"], "there is no command 'callbox shwo'", "Did you mean 'callbox show'?"),
            (
                ["archive", "inf", "--format", "json"], "there is no command 'callbox archive inf'",
                "Did you mean 'callbox archive info'?"
            ),
            (["\u{1b}[31m"], "there is no command 'callbox \\u{1b}[31m'", "'callbox --help' lists those there are."),
            ([""], "there is no command 'callbox '", "'callbox --help' lists those there are."),
        ])
    func unknown(arguments: [String], message: String, advice: String) {
        #expect(UnknownCommand.failure(in: arguments) == CommandFailure(.usage, message, advice: advice))
    }

    @Test(
        "commands, flags and what follows a command are none of its business",
        arguments: [
            [], ["list"], ["--help"], ["help"], ["help", "list"], ["archive"], ["archive", "help"], ["show", "lst"],
            ["list", "x"], ["links", "create", "klavi", "y"], ["---completion", "list"],
        ])
    func known(arguments: [String]) {
        #expect(UnknownCommand.failure(in: arguments) == nil)
    }
}
