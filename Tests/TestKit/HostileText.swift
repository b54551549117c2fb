/// Text that affects a terminal or misleads its reader.
package enum HostileText {
    /// A text with 7-bit and 8-bit escape sequences, a line break, characters that reverse the reading direction,
    /// invisible characters and a line separator.
    package static let sample =
        "\u{1b}[31m\u{9b}2J\u{1b}]0;x\u{7}\r\n\u{202e}\u{2066}\u{200b}\u{200d}\u{2028}\u{feff}\u{7f}\u{0}\u{ad}\u{3164}\u{e0041}"

    /// `Default_Ignorable_Code_Point` of Unicode 16 (DerivedCoreProperties.txt).
    private static let ignorable: [ClosedRange<UInt32>] = [
        0xad...0xad, 0x34f...0x34f, 0x61c...0x61c, 0x115f...0x1160, 0x17b4...0x17b5, 0x180b...0x180f, 0x200b...0x200f,
        0x202a...0x202e, 0x2060...0x206f, 0x3164...0x3164, 0xfe00...0xfe0f, 0xfeff...0xfeff, 0xffa0...0xffa0,
        0xfff0...0xfff8, 0x1_bca0...0x1_bca3, 0x1_d173...0x1_d17a, 0xe_0000...0xe_0fff,
    ]

    /// True if a character must never reach a terminal unescaped, because it controls the terminal or is invisible.
    package static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        let annotations: ClosedRange<UInt32> = 0xfff9...0xfffb
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        default:
            return annotations.contains(scalar.value) || ignorable.contains { $0.contains(scalar.value) }
        }
    }

    /// The characters of a string that must not reach a terminal, except those in `layout`.
    package static func hostile(in text: String, layout: [Unicode.Scalar] = []) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { isHostile($0) && !layout.contains($0) }
    }
}
