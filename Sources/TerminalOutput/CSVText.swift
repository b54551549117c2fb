package import StrictJSON

/// Comma-separated values (RFC 4180).
package enum CSVText {
    package enum Dialect: Sendable {
        case standard
        /// The form that Excel opens correctly: line breaks are CR LF. Values are separated by semicolons, which Excel
        /// expects in locales with a decimal comma.
        case excel

        fileprivate var separator: Unicode.Scalar { self == .excel ? ";" : "," }
        /// The text at the start of a file. Without a byte order mark Excel would read the file in the Windows code
        /// page.
        package var start: String { self == .excel ? "\u{feff}" : "" }
        package var lineEnd: String { self == .excel ? "\r\n" : "\n" }
    }

    /// A line of values, without its line break.
    package static func line(_ values: [JSONText], _ dialect: Dialect = .standard) -> String {
        values.map { cell($0, dialect) }.joined(separator: String(dialect.separator))
    }

    private static func cell(_ value: JSONText, _ dialect: Dialect) -> String {
        switch value {
        case .null: ""
        case .string(let text): quoted(dialect == .excel ? keepingDigits(text) : neutralised(text), dialect)
        // Numbers are not escaped: a negative number starts with `-` but is not a formula.
        case .integer, .number: value.compact
        default: isNumber(value.compact) ? value.compact : quoted(neutralised(value.compact), dialect)
        }
    }

    /// The maximum number of digits that Excel shows without rounding.
    private static let excelDigitLimit = 11

    /// Keeps the digits of an identifier by writing a formula that returns the text. Excel would drop leading zeros and
    /// round long numbers.
    private static func keepingDigits(_ text: String) -> String {
        let isDigits = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let isAltered = text.utf8.count > excelDigitLimit || text.utf8.count > 1 && text.hasPrefix("0")
        return isDigits && isAltered ? "=\"\(text)\"" : neutralised(text)
    }

    /// True for a number in JSON notation.
    private static func isNumber(_ text: String) -> Bool {
        let signs = Set("0123456789+-.eE".utf8)
        return text.utf8.last.map { (0x30...0x39).contains($0) } == true && text.utf8.allSatisfy(signs.contains)
            && Double(text) != nil
    }

    /// The characters with which a formula in a spreadsheet starts (OWASP, CSV Injection).
    private static let formulaSigns: [Unicode.Scalar] = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}",
    ]

    /// Inserts an apostrophe before a formula. Checks scalars, because a sign with a combining mark is a different
    /// `Character` than the sign.
    private static func neutralised(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, formulaSigns.contains(first) else { return text }
        return "'" + text
    }

    private static func quoted(_ text: String, _ dialect: Dialect) -> String {
        let special: [Unicode.Scalar] = ["\"", dialect.separator, "\n", "\r"]
        guard text.unicodeScalars.contains(where: special.contains) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
