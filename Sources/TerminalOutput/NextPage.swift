internal import Foundation

/// The command line for the next page: the current command line with `--before`.
package enum NextPage {
    /// - Parameters:
    ///   - arguments: the arguments of this process, without the program's name.
    ///   - report: the ID of the last report on this page.
    package static func command(
        _ arguments: [String] = Array(CommandLine.arguments.dropFirst()), before report: String
    ) -> String {
        var kept: [String] = []
        var isValue = false
        for argument in arguments {
            if isValue {
                isValue = false
            } else if argument == "--before" {
                isValue = true
            } else if !argument.hasPrefix("--before=") {
                kept.append(ShellText.quote(argument))
            }
        }
        return TerminalText.escape((["callbox"] + kept + ["--before", report]).joined(separator: " "))
    }
}
