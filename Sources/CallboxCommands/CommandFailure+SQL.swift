internal import ReportIndex
internal import TerminalOutput

extension CommandFailure {
    /// The failure of an SQL statement, or of writing its rows.
    init(_ failure: any Error, timeout: String, rowCount: Int) {
        let soFar = rowCount == 0 ? "" : " after \(HumanText.count(rowCount, "row"))"
        switch failure {
        case QueryError.failed(let message):
            self.init(.usage, "SQLite says: \(TerminalText.escape(message))\(soFar)", advice: Self.advice(message))
        case QueryError.outOfMemory:
            self.init(
                .unavailable, "the statement needs more memory than it may have\(soFar)",
                advice: "Ask for fewer or shorter values. 'callbox show ID --body | jq' looks into a very large body.")
        case QueryError.timedOut, is HeldOutput.IsOver:
            self.init(
                .tryAgain, "stopped\(soFar): the statement ran longer than \(timeout)",
                advice: "Narrow it down, or give it longer, such as --timeout 10m.")
        case QueryError.cancelled: self.init(.interrupted, "stopped by Ctrl-C\(soFar)")
        case let error as QueryError: self.init(rejection: error)
        default: self.init(translating: failure)
        }
    }

    private init(rejection: QueryError) {
        switch rejection {
        case .empty: self.init(.usage, "there is no statement", advice: "Such as: select count(*) from reports")
        case .tooLong: self.init(.usage, "the statement is longer than a megabyte", advice: "Use --param for values.")
        case .severalStatements:
            self.init(.usage, "there is more than one statement", advice: "Run them one by one.")
        case .writes(let what):
            self.init(
                .usage, "the statement would do more than read: \(TerminalText.escape(what))",
                advice: "'callbox sql' only reads. 'callbox archive' has what looks after an archive.")
        case .missingParameter(let name?):
            self.init(
                .usage, "there is no value for the parameter '\(TerminalText.escape(name))'",
                advice: "Give it with --param \(TerminalText.escape(name))=VALUE.")
        case .missingParameter(nil):
            self.init(.usage, "a parameter has no name", advice: "Write :name, and give it with --param name=value.")
        case .unknownParameter(let name):
            self.init(
                .usage, "the statement has no parameter ':\(TerminalText.escape(name))'",
                advice: "Take out its --param, or write :\(TerminalText.escape(name)) in the statement.")
        case .expressionTooSlow, .failed, .outOfMemory, .timedOut, .cancelled: self.init(translating: rejection)
        }
    }

    private static func advice(_ message: String) -> String? {
        if message.contains("no such table") {
            return "There are the views reports, fields and deliveries: 'callbox sql --schema'."
        }
        if message.contains("no such column") {
            return "'callbox sql --schema' lists the columns; texts stand in 'single' quotes."
        }
        if message.contains("no such function") { return "'callbox sql --schema' lists the functions." }
        if message.contains("too big") { return "'callbox show ID --body' writes a body of any length." }
        return nil
    }
}
