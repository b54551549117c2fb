internal import ArgumentParser
internal import Journal
internal import TerminalOutput

/// The options of every `links create`.
struct LinkOrderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("API URL to use instead of the configured URL.", valueName: "url"))
    var api: String?

    @Option(help: ArgumentHelp("Expected report: type or type:field=value; repeatable.", valueName: "type"))
    var expect: [String] = []

    @Flag(help: "Print the request with masked secrets; send nothing.")
    var dryRun = false

    @OptionGroup var formats: ViewFormatOptions

    func expectations(or implied: [String]) throws(CommandFailure) -> [LinkExpectation] {
        var expectations: [LinkExpectation] = []
        for text in expect.isEmpty ? implied : expect {
            guard let expectation = LinkExpectation(text) else {
                throw CommandFailure(
                    .usage, "--expect '\(TerminalText.escape(text))' is not a report type",
                    advice: "Use a form such as pf_checking_account or applicant:report_status=COMPLETE.")
            }
            expectations.append(expectation)
        }
        return expectations
    }
}
