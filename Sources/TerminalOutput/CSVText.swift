package import StrictJSON

/// Comma-separated values (RFC 4180).
package enum CSVText {
    package static func line(_ values: [JSONText]) -> String {
        values.map(cell).joined(separator: ",")
    }

    private static func cell(_ value: JSONText) -> String {
        switch value {
        case .null: ""
        case .string(let text): quoted(text)
        // A negative number is not a formula.
        case .integer, .number: value.compact
        default: quoted(value.compact)
        }
    }

    /// Characters that begin a formula in a spreadsheet (OWASP, CSV Injection).
    private static let formulaSigns: [Unicode.Scalar] = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}",
    ]

    /// Puts an apostrophe before a formula. By scalars: a quotation mark with a combining mark is another character.
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
