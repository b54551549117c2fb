internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// A report as JSON and CSV have it. The names are an interface: docs/cli-json.md lists them.
enum ReportRecord {
    static let names = [
        "id", "ordinal", "receivedAt", "source", "provider", "kind", "rule", "box", "externalInfo", "providerTime",
        "attempt", "attempts", "lastId", "lastReceivedAt", "verification", "secret", "bodyBytes", "storedBytes",
        "bodySHA256",
        "problem", "bodyPruned",
    ]

    static func values(_ report: ReportSummary) -> [JSONText] {
        [
            .integer(report.deliveryID.rawValue), .integer(Int64(report.ordinal)), .string(report.receivedAt.rfc3339),
            .string(report.source), .string(report.provider), .string(report.kind),
            .optional(report.route?.rule.rawValue), .optional(report.route?.box),
            report.externalInfo.map { .raw($0) } ?? .null, .optional(report.providerTime?.rfc3339),
            .integer(Int64(report.attemptNumber)), .integer(Int64(report.attemptCount)),
            .integer(report.lastDeliveryID.rawValue),
            .string(report.lastReceivedAt.rfc3339), .string(report.verification.rawValue), .optional(report.secretName),
            .integer(Int64(report.bodyByteCount)), .integer(Int64(report.storedByteCount)),
            .string(Hex.encode(report.bodySHA256)), .optional(report.problem), .boolean(report.isBodyPruned),
        ]
    }

    static func json(_ report: ReportSummary) -> JSONText {
        .object(zip(names, values(report)).map { JSONText.Member($0, $1) })
    }
}

/// Comma-separated values (RFC 4180).
enum CSVText {
    static func line(_ values: [JSONText]) -> String {
        values.map(cell).joined(separator: ",")
    }

    private static func cell(_ value: JSONText) -> String {
        switch value {
        case .null: ""
        case .string(let text): quoted(text)
        // A number is no formula, whatever its sign.
        case .integer, .number: value.compact
        default: quoted(value.compact)
        }
    }

    /// What begins a formula in one spreadsheet or another (OWASP, CSV Injection).
    private static let formulaSigns: [Unicode.Scalar] = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}",
    ]

    /// A cell that a spreadsheet would take for a formula gets an apostrophe before it. By scalars, for a quotation mark
    /// and a combining mark after it are one character that is not a quotation mark.
    private static func quoted(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, formulaSigns.contains(first) { text = "'" + text }
        guard text.unicodeScalars.contains(where: { ["\"", ",", "\n", "\r"].contains($0) }) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
