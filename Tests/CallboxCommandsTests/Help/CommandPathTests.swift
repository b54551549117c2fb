import ArgumentParser
import Testing

@testable import CallboxCommands

@Suite("Finding the command of a command line")
struct CommandPathTests {
    @Test(
        "an unknown command fails and suggests the nearest name, or the command that lists the names",
        arguments: [
            (["lst"], "unknown command 'callbox lst'", "Did you mean 'callbox list'?"),
            (["help", "shwo"], "unknown command 'callbox shwo'", "Did you mean 'callbox help show'?"),
            (["help", "filter"], "unknown command 'callbox filter'", "Did you mean 'callbox help filters'?"),
            (["filters"], "unknown command 'callbox filters'", "Run 'callbox help filters'."),
            (
                ["archive", "inf", "--format", "json"], "unknown command 'callbox archive inf'",
                "Did you mean 'callbox archive info'?"
            ),
            (["\u{1b}[31m"], "unknown command 'callbox \\u{1b}[31m'", "Run 'callbox --help' for the commands."),
            ([""], "unknown command 'callbox '", "Run 'callbox --help' for the commands."),
        ])
    func unknown(arguments: [String], message: String, advice: String) {
        #expect(CommandPath(arguments).failure == CommandFailure(.usage, message, advice: advice))
    }

    @Test(
        "known commands, flags and arguments are not reported as unknown",
        arguments: [
            [], ["list"], ["--help"], ["help"], ["help", "list"], ["archive"], ["archive", "help"], ["show", "lst"],
            ["list", "x"], ["links", "create", "klavi", "y"], ["---completion", "list"],
        ])
    func known(arguments: [String]) {
        #expect(CommandPath(arguments).failure == nil)
    }

    @Test(
        "an argument error has one line, one line of advice, and exit status 64",
        arguments: [
            (["list", "--nothing"], "unknown option '--nothing'", "Run 'callbox list --help'."),
            (["list", "--sinc"], "unknown option '--sinc'. Did you mean '--since'?", "Run 'callbox list --help'."),
            (["show"], "missing expected argument '<id> ...'", "Run 'callbox show --help'."),
            (["list", "--limit"], "missing value for '--limit <count>'", "Run 'callbox list --help'."),
            (
                ["list", "--limit", "x"], "the value 'x' is invalid for '--limit <count>'",
                "Run 'callbox list --help'."
            ),
            (
                ["show", "x"], "the value 'x' is invalid for '<id>': not an ID; use 42, 42.2, q10 or latest",
                "Run 'callbox show --help'."
            ),
            (["list", "--limit", "0"], "--limit must be between 1 and 1000000", "Run 'callbox list --help'."),
            (["completions", "bash", "x"], "unexpected argument 'x'", "Run 'callbox completions --help'."),
            (
                ["stats", "--by", "x"],
                "the value 'x' is invalid for '--by <what>'. Please provide one of the following: provider, source, "
                    + "type, topic, rule, verification, day, hour", "Run 'callbox stats --help'."
            ),
        ])
    func usage(arguments: [String], message: String, advice: String) throws {
        let error = try #require(throws: (any Error).self) { try CallboxCommand.parseAsRoot(arguments) }
        #expect(
            CallboxCommand.failure(for: error, arguments) == CommandFailure(.usage, message, advice: advice))
    }
}
