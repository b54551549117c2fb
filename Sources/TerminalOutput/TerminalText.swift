package import StrictJSON

/// Makes stored text safe for a terminal.
package enum TerminalText {
    /// Escapes characters that move the cursor, change colours or the reading direction, or are invisible: C0, DEL, C1,
    /// line and paragraph separators, bidirectional controls, zero-width marks, fillers, tags and selectors
    /// (`Default_Ignorable_Code_Point` of Unicode).
    package static func escape(_ text: String) -> String {
        escape(text, keeping: [])
    }

    /// The same as `escape`, but keeps line breaks and tabs.
    package static func escapeLines(_ text: String) -> String {
        escape(text, keeping: ["\n", "\t"])
    }

    /// Works on scalars, because a carriage return and a line feed form one `Character`.
    private static func escape(_ text: String, keeping kept: [Unicode.Scalar]) -> String {
        guard text.unicodeScalars.contains(where: isHostile) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            if isHostile(scalar) && !kept.contains(scalar) {
                escaped += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    fileprivate static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028...0x2029, 0xfff9...0xfffb: true
        case 0x20..<0x7f, 0xa0..<0xad: false
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}

extension JSONText {
    /// The value on one line, safe for a terminal. Control characters become JSON escapes; line breaks between the
    /// parts of raw JSON become spaces.
    package var line: String {
        let text = compact
        guard text.unicodeScalars.contains(where: TerminalText.isHostile) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\r", "\t": line += " "
            case _ where TerminalText.isHostile(scalar):
                for unit in Character(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
