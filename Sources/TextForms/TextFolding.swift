internal import Deliveries
internal import Foundation

/// Folds text, so these spellings are equal: composed and decomposed characters (NFC, NFD), wide and narrow forms
/// (NFKD), capital and small letters, letters with and without accents.
package enum TextFolding {
    /// The folded text, which is equal for all spellings.
    package static func fold(_ text: String) -> String {
        guard !isFolded(text) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { append(scalar, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The folded text. Punctuation of a national number is removed, so `390.533.447-05` and `39053344705` have the
    /// same key.
    package static func key(_ text: String) -> String {
        let folded = fold(text)
        return NationalNumber.unpunctuated(folded) ?? folded
    }

    /// True for ASCII without capital letters, the form of most values.
    private static func isFolded(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 0x80 && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar.value {
        case 0x41...0x5a: bytes.append(UInt8(scalar.value) | 0x20)
        case ..<0x80: bytes.append(UInt8(scalar.value))
        case ..<latinEnd: bytes += latin[Int(scalar.value) - 0x80]
        // An ideograph of this block has only one form. Compatibility ideographs, which have several forms, are in
        // other blocks.
        case 0x3400...0x9fff, 0x20000...0x2a6df: bytes += Array(String(scalar).utf8)
        default: bytes += folded(scalar)
        }
    }

    private static let latinEnd: UInt32 = 0x250
    /// The folded forms of European letters. Nearly all other characters in reports are ASCII.
    private static let latin: [[UInt8]] = (0x80..<latinEnd).map { Unicode.Scalar($0).map(folded) ?? [] }

    /// The folded form of a character of a European language; nil for other characters.
    static func latinForm(_ scalar: Unicode.Scalar) -> [UInt8]? {
        (0x80..<latinEnd).contains(scalar.value) ? latin[Int(scalar.value) - 0x80] : nil
    }

    /// The folded forms of letters and punctuation that Unicode does not decompose.
    private static let alike: [Unicode.Scalar: String] = [
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "’": "'", "‘": "'", "ʼ": "'",
        "“": "\"", "”": "\"", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
    ]

    /// Folds a single character. Removes accents, so their order does not need to be normalised.
    private static func folded(_ scalar: Unicode.Scalar) -> [UInt8] {
        var folded = ""
        for part in String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars {
            // Converts to upper case first, because ß becomes SS, and ς becomes Σ and then σ.
            for capital in part.properties.uppercaseMapping.unicodeScalars {
                for small in capital.properties.lowercaseMapping.unicodeScalars where !isIgnored(small) {
                    folded += alike[small] ?? String(small)
                }
            }
        }
        return Array(folded.utf8)
    }

    /// True for accents of Latin, Greek and Cyrillic letters, and for invisible characters such as the soft hyphen.
    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x300...0x36f, 0x1ab0...0x1aff, 0x1dc0...0x1dff, 0x20d0...0x20ff, 0xfe20...0xfe2f: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}

/// National numbers that are written with or without punctuation: CPF, CNPJ (with letters since 2026), RG, SSN, SIN.
enum NationalNumber {
    /// The possible lengths of the groups of characters between separators.
    private static let groupings: [[Int]] = [
        [3, 3, 3, 2], [9, 2], [2, 3, 3, 4, 2], [8, 4, 2], [2, 3, 3, 1], [3, 2, 4], [3, 3, 3],
    ]
    private static let byteCounts = 10...18

    /// Removes the punctuation of a national number.
    ///
    /// - Parameter folded: text in lower case.
    /// - Returns: nil if the text is not such a number, or has no punctuation.
    static func unpunctuated(_ folded: String) -> String? {
        guard byteCounts.contains(folded.utf8.count), folded.utf8.contains(where: isMark),
            let groups = groups(Array(folded.utf8))
        else { return nil }
        return String(decoding: groups.joined(), as: UTF8.self)
    }

    private static func groups(_ bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
        let groups = bytes.split(omittingEmptySubsequences: false, whereSeparator: isMark)
        guard groupings.contains(groups.map(\.count)) else { return nil }
        let isCNPJ = groups.reduce(0) { $0 + $1.count } == 14
        guard groups.dropLast().joined().allSatisfy({ isDigit($0) || isCNPJ && isLetter($0) }),
            groups.last?.allSatisfy(isDigit) == true,
            // Rejects four groups separated by dots, because they are an IP address.
            groups.count < 4 || bytes.contains(where: { isMark($0) && $0 != UInt8(ascii: ".") })
        else { return nil }
        return groups
    }

    /// The positions at which a national number without separators may have one, as bits; nil for any other text.
    static func breaks(_ number: [UInt8]) -> UInt32? {
        guard [9, 11, 14].contains(number.count), number.suffix(2).allSatisfy(isDigit),
            number.allSatisfy({ isDigit($0) || number.count == 14 && isLetter($0) }), number.contains(where: isDigit)
        else { return nil }
        var breaks: UInt32 = 0
        for grouping in groupings where grouping.reduce(0, +) == number.count {
            var place = 0
            for length in grouping.dropLast() {
                place += length
                breaks |= 1 << UInt32(place)
            }
        }
        return breaks
    }

    static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: " ")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
