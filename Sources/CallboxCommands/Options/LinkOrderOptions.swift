internal import ArgumentParser
internal import Journal
internal import TerminalOutput

/// What every `links create` takes.
struct LinkOrderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The API to ask instead of the configured one, such as a sandbox's.", valueName: "url"))
    var api: String?

    @Option(
        help: ArgumentHelp(
            "A type of report to wait for, or type:field=value; may stand several times. (default: what the order implies)",
            valueName: "type"))
    var expect: [String] = []

    @Flag(help: "Print the request instead of sending it. Secrets are masked.")
    var dryRun = false

    @Option(name: .shortAndLong, help: "How to write the result: table or json. A table on a terminal, json in a pipe.")
    var format: ViewFormat?

    func expectations(or implied: [String]) throws(CommandFailure) -> [LinkExpectation] {
        var expectations: [LinkExpectation] = []
        for text in expect.isEmpty ? implied : expect {
            guard let expectation = LinkExpectation(text) else {
                throw CommandFailure(
                    .usage, "--expect does not understand '\(TerminalText.escape(text))'",
                    advice: "Write a type, such as pf_checking_account, or applicant:report_status=COMPLETE.")
            }
            expectations.append(expectation)
        }
        return expectations
    }
}
