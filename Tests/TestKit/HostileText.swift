/// Text that does something to a terminal or to its reader besides being read.
package enum HostileText {
    /// Escape sequences in both spellings, a new line, reversed reading, hidden characters, a line separator.
    package static let sample =
        "\u{1b}[31m\u{9b}2J\u{1b}]0;x\u{7}\r\n\u{202e}\u{2066}\u{200b}\u{200d}\u{2028}\u{feff}\u{7f}\u{0}"

    /// True if a character must never reach a terminal unescaped, by its Unicode properties.
    package static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        let zeroWidth: ClosedRange<UInt32> = 0x200b...0x200f
        let invisible: ClosedRange<UInt32> = 0x2060...0x206f
        let annotations: ClosedRange<UInt32> = 0xfff9...0xfffb
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        default:
            return scalar.properties.isBidiControl || scalar.value == 0xfeff
                || [zeroWidth, invisible, annotations].contains { $0.contains(scalar.value) }
        }
    }

    /// The characters that must not reach a terminal, without those of `layout`.
    package static func hostile(in text: String, layout: [Unicode.Scalar] = []) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { isHostile($0) && !layout.contains($0) }
    }
}
