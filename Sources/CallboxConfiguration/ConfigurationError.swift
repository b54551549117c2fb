/// The reason why a configuration cannot be used. This is the only error type of the module.
package enum ConfigurationError: Error, Equatable {
    /// The file cannot be read. `reason` is the error message of the system.
    case unreadableFile(path: String, reason: String)
    /// All problems with the settings and the secrets, in the order of the file.
    case invalid([ConfigurationProblem])

    package static func invalid(_ message: String, advice: String? = nil) -> ConfigurationError {
        .invalid([ConfigurationProblem(message, advice: advice)])
    }

    /// All problems as one text. The advice for each problem is on a separate line.
    package var message: String {
        switch self {
        case .unreadableFile(let path, let reason): "cannot read the configuration \(path): \(reason)"
        case .invalid(let problems) where problems.count == 1: problems[0].message
        case .invalid(let problems): problems.map(\.text).joined(separator: "\n")
        }
    }

    /// The advice for a single problem. If there are several problems, `message` contains their advice.
    package var advice: String? {
        switch self {
        case .unreadableFile: "Check the path and its permissions."
        case .invalid(let problems): problems.count == 1 ? problems[0].advice : nil
        }
    }
}

/// One problem. `message` contains its place and the reason. `advice` contains the fix, and is nil if `message` already
/// contains the fix.
package struct ConfigurationProblem: Equatable, Sendable {
    package let message: String
    package let advice: String?
    /// The line in the file. Problems are sorted by line; problems without a line are last.
    let line: Int?

    init(_ message: String, advice: String? = nil, line: Int? = nil) {
        self.message = message
        self.advice = advice
        self.line = line
    }

    package var text: String {
        message + (advice.map { "\n  \($0)" } ?? "")
    }

    package static func == (first: ConfigurationProblem, second: ConfigurationProblem) -> Bool {
        first.message == second.message && first.advice == second.advice
    }
}

/// Collects the problems of a configuration, so one run reports all of them.
final class ProblemList {
    private var problems: [ConfigurationProblem] = []

    func add(_ problem: ConfigurationProblem) {
        problems.append(problem)
    }

    func throwIfAny() throws(ConfigurationError) {
        guard !problems.isEmpty else { return }
        let sorted = problems.enumerated().sorted {
            ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset)
        }
        throw .invalid(sorted.map(\.element))
    }
}
