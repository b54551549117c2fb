internal import Presentation

/// A topic of `callbox help`.
enum HelpTopic: String, CaseIterable {
    case filters
    case exitCodes = "exit-codes"
    case formats

    /// - Parameter arguments: the arguments of the process, without its name.
    /// - Returns: nil unless the arguments are `help` and a topic.
    init?(arguments: [String]) {
        guard arguments.count == 2, arguments[0] == "help" else { return nil }
        self.init(rawValue: arguments[1])
    }

    var abstract: String {
        switch self {
        case .filters: "Select reports by origin, time, fields and body."
        case .exitCodes: "Exit codes of all commands."
        case .formats: "Output formats and common options."
        }
    }

    var text: String {
        switch self {
        case .filters: HelpTopicText.filters
        case .exitCodes:
            "Exit codes. Failures use the codes of sysexits.h.\n\n"
                + ExitStatus.allCases.map { status in
                    "\(String(repeating: " ", count: 5 - "\(status.rawValue)".count))\(status.rawValue)  \(status.meaning)"
                }.joined(separator: "\n")
        case .formats: HelpTopicText.formats
        }
    }
}
