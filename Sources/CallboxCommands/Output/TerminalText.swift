/// Stored text on its way to a terminal.
package enum TerminalText {
    /// The text with everything visible as an escape that would move the cursor, change colours or turn the reading
    /// direction: C0, DEL, C1, line and paragraph separators, bidirectional controls, zero-width marks.
    package static func escape(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHostile) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            if isHostile(scalar) {
                escaped += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// The same, keeping line breaks and tabs: for text that is laid out over lines by us.
    package static func escapeLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { escape(String($0)) }.joined(
                separator: "\t")
        }.joined(separator: "\n")
    }

    private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x061c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x2069, 0xfeff, 0xfff9...0xfffb:
            true
        default: false
        }
    }
}
