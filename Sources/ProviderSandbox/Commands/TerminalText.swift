/// Makes bytes from outside safe to show. What reaches the terminal is printable text on one line, whatever came in:
/// control bytes, escape sequences, invisible and direction-changing characters are written as escapes.
package enum TerminalText {
    /// Printable characters as they are, everything else as `\n`, `\x1b`, `\u{202e}`; bytes that are no UTF-8 as
    /// `\xff`.
    ///
    /// - Parameter keepsBackslash: Leaves a backslash alone. Then the text reads better, but is not unambiguous.
    package static func escaped(_ bytes: some Collection<UInt8>, keepsBackslash: Bool = false) -> String {
        var text = ""
        var rest = Array(bytes)[...]
        while let first = rest.first {
            guard let scalar = leadingScalar(of: rest) else {
                text += hexEscape(first)
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(UTF8.width(scalar))
            if scalar == "\\" && !keepsBackslash {
                text += "\\\\"
            } else if isPrintable(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text += escape(scalar)
            }
        }
        return text
    }

    /// The bytes as text where all of them are printable UTF-8, nil otherwise.
    package static func printable(_ bytes: some Collection<UInt8>) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.allSatisfy(isPrintable) else {
            return nil
        }
        return text
    }

    /// The first characters of a text, with an ellipsis in place of the last one where there are more.
    package static func cut(_ text: String, to characterCount: Int) -> String {
        guard text.count > characterCount else { return text }
        return text.prefix(characterCount - 1) + "…"
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    private static func leadingScalar(of bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        var decoder = UTF8()
        var iterator = bytes.prefix(4).makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return scalar
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default:
            scalar.isASCII ? hexEscape(UInt8(scalar.value)) : "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    private static func hexEscape(_ byte: UInt8) -> String {
        "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
    }
}
