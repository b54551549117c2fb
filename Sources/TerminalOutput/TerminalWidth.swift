/// The width of text on a terminal, in columns.
package enum TerminalWidth {
    /// The number of columns of a string.
    ///
    /// - Parameter text: must be escaped by `TerminalText`.
    package static func of(_ text: some StringProtocol) -> Int {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// The longest prefix of a string that has at most `columns` columns.
    package static func prefix<Text: StringProtocol>(of text: Text, columns: Int) -> Text.SubSequence {
        var room = columns
        return text.prefix { character in
            room -= of(character)
            return room >= 0
        }
    }

    /// The text; if it is too wide, its start and `…`.
    package static func shortened(_ text: String, to columns: Int) -> String {
        of(text) > columns ? prefix(of: text, columns: max(0, columns - 1)) + "…" : text
    }

    /// The text in lines of at most `columns` columns, broken between words. Shortens longer words.
    package static func wrapped(_ text: String, to columns: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ").map({ shortened(String($0), to: columns) }) {
            if let last = lines.last, of(last) + 1 + of(word) <= columns {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(word)
            }
        }
        return lines.isEmpty ? [""] : lines
    }

    private static func of(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        return isWide(first) || character.unicodeScalars.contains("\u{fe0f}") ? 2 : 1
    }

    /// True for the wide and fullwidth blocks of Unicode's East Asian Width (UAX 11), and for emoji that are shown as
    /// pictures without a selector.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf, 0xa960...0xa97c, 0xac00...0xd7a3,
            0xf900...0xfaff, 0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
