internal import ReportIndex
internal import TerminalOutput

extension CommandFailure {
    /// The failure of an SQL statement, or of writing its rows.
    init(_ failure: any Error, timeout: String, rowCount: Int) {
        let soFar = rowCount == 0 ? "" : " after \(HumanText.count(rowCount, "row"))"
        switch failure {
        case QueryError.failed(let message):
            self.init(
                .usage, "the statement failed\(soFar): \(TerminalText.escape(message))",
                advice: Self.advice(message))
        case QueryError.outOfMemory:
            self.init(
                .unavailable, "the statement needs more memory than allowed\(soFar)",
                advice: "Select fewer or shorter values. For a very large body, use 'callbox show ID --body | jq'.")
        case QueryError.timedOut, is HeldOutput.IsOver:
            self.init(
                .tryAgain, "stopped\(soFar): the statement ran longer than \(timeout)",
                advice: "Narrow the statement, or use a longer --timeout, such as 10m.")
        case QueryError.cancelled: self.init(.interrupted, "interrupted\(soFar)")
        case let error as QueryError: self.init(rejection: error)
        default: self.init(translating: failure)
        }
    }

    private init(rejection: QueryError) {
        switch rejection {
        case .empty:
            self.init(.usage, "the statement is empty", advice: "Use a statement such as: select count(*) from reports")
        case .tooLong: self.init(.usage, "the statement is longer than a megabyte", advice: "Use --param for values.")
        case .severalStatements:
            self.init(.usage, "there is more than one statement", advice: "Run them one by one.")
        case .writes(let what):
            self.init(
                .usage, "the statement is not read-only: \(TerminalText.escape(what))",
                advice: "'callbox sql' is read-only. Run 'callbox archive --help' for maintenance.")
        case .missingParameter(let name?):
            self.init(
                .usage, "the parameter '\(TerminalText.escape(name))' has no value",
                advice: "Add --param \(TerminalText.escape(name))=VALUE.")
        case .missingParameter(nil):
            self.init(.usage, "a parameter has no name", advice: "Use :name and --param name=value.")
        case .unknownParameter(let name):
            self.init(
                .usage, "the statement has no parameter ':\(TerminalText.escape(name))'",
                advice: "Remove its --param, or use :\(TerminalText.escape(name)) in the statement.")
        case .failed, .outOfMemory, .timedOut, .cancelled: self.init(translating: rejection)
        }
    }

    private static func advice(_ message: String) -> String? {
        if message.contains("no such table") {
            return "Run 'callbox sql --schema' for the views."
        }
        if message.contains("no such column") {
            return "Run 'callbox sql --schema' for the columns. Write text in 'single quotes'."
        }
        if message.contains("no such function") { return "Run 'callbox sql --schema' for the functions." }
        if message.contains("too big") { return "Use 'callbox show ID --body' for a body of any length." }
        return nil
    }
}
