internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// A report as JSON and CSV have it. The names are an interface: docs/cli-json.md lists them.
enum ReportRecord {
    static let names = [
        "id", "ordinal", "receivedAt", "source", "provider", "kind", "rule", "box", "externalInfo", "providerTime",
        "attempts", "lastId", "lastReceivedAt", "verification", "secret", "bodyBytes", "storedBytes", "bodySHA256",
        "problem",
    ]

    static func values(_ report: ReportSummary) -> [JSONText] {
        [
            .integer(report.deliveryID.rawValue), .integer(Int64(report.ordinal)), .string(report.receivedAt.rfc3339),
            .string(report.source), .string(report.provider), .string(report.kind),
            .optional(report.route?.rule.rawValue), .optional(report.route?.box),
            report.externalInfo.map { .raw($0) } ?? .null, .optional(report.providerTime?.rfc3339),
            .integer(Int64(report.attemptCount)), .integer(report.lastDeliveryID.rawValue),
            .string(report.lastReceivedAt.rfc3339), .string(report.verification.rawValue), .optional(report.secretName),
            .integer(Int64(report.bodyByteCount)), .integer(Int64(report.storedByteCount)),
            .string(Hex.encode(report.bodySHA256)), .optional(report.problem),
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
        default: quoted(value.compact)
        }
    }

    /// A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    private static func quoted(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, ["=", "+", "-", "@", "\t", "\r"].contains(first) {
            text = "'" + text
        }
        guard text.unicodeScalars.contains(where: { ["\"", ",", "\n", "\r"].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
