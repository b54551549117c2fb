internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// The command line that lists what comes after a page: the one that was given, with where to go on.
enum NextPage {
    /// - Parameter arguments: of this process, without its name.
    static func command(
        _ arguments: [String] = Array(CommandLine.arguments.dropFirst()), before report: ReportSummary
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
        return TerminalText.escape((["callbox"] + kept + ["--before", report.numberText]).joined(separator: " "))
    }
}

extension ReportSummary {
    /// `42`, or `42.2` for the second report of a delivery.
    var numberText: String {
        ordinal == 1 ? "\(deliveryID)" : "\(deliveryID).\(ordinal)"
    }
}

/// Words as a shell takes them.
enum ShellText {
    static func quote(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_=./:,@%+".utf8.contains(byte)
                }
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
