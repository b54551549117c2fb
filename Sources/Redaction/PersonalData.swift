internal import StrictJSON

/// Masks personal data and credentials in stored text. Keeps the end of a number and the domain of an address, so
/// values can be distinguished.
package enum PersonalData {
    private static let dot = "•"
    /// The maximum length of a number in bytes. A longer value is not treated as a number.
    private static let numberByteCountLimit = 64

    /// The masked value.
    ///
    /// - Parameters:
    ///   - name: the name of the member, field, header or parameter; nil for text without a name.
    ///   - outer: the name of the enclosing member.
    package static func shown(_ text: String, name: String? = nil, outer: String? = nil) -> String {
        if let meaning = name.flatMap({ NameMeaning(name: $0, outer: outer) }), let masked = mask(text, as: meaning) {
            return masked
        }
        return shownText(text)
    }

    /// The masked form of text that has no name.
    private static func shownText(_ text: String) -> String {
        // The shortest text that can match has six bytes.
        guard text.utf8.count >= 6 else { return text }
        let plain = Masking.userInfo(text)
        var bytes = Array(plain.utf8)
        let count = bytes.count
        bytes = bytes.replacing(PersonalTexts.webTokens(in: bytes)) { _ in Masking.mask }
        var isChanged = bytes.count != count
        let addresses = PersonalTexts.localParts(in: bytes)
        bytes = bytes.replacing(addresses) { String($0.prefix(1)) + dot + dot + dot }
        let numbers = PersonalNumbers.ranges(in: bytes)
        bytes = bytes.replacing(numbers) { hidden($0) }
        isChanged = isChanged || !addresses.isEmpty || !numbers.isEmpty
        // A URL may have a credential in its query.
        let shown = isChanged ? String(decoding: bytes, as: UTF8.self) : plain
        return shown.hasPrefix("http") ? Masking.target(shown, ProviderSecrets()) : shown
    }

    /// The masked value; nil if the value cannot have this meaning.
    private static func mask(_ text: String, as meaning: NameMeaning) -> String? {
        guard meaning != .credential else { return text.isEmpty ? nil : Masking.mask }
        guard text.utf8.count <= numberByteCountLimit, !isUUID(text) else { return nil }
        let digitCount = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let letterCount = text.utf8.count { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        let isOne =
            switch meaning {
            case .credential: true
            case .identity: digitCount >= 4
            case .phone: digitCount >= 6 && letterCount <= 3
            case .account: digitCount >= 3 && letterCount <= digitCount
            }
        return isOne ? hidden(text) : nil
    }

    /// Replaces all letters and digits except the last few. Keeps punctuation.
    private static func hidden(_ text: some StringProtocol) -> String {
        let count = text.count { $0.isLetter || $0.isNumber }
        var hiddenCount = count - (count >= 6 ? 2 : count >= 4 ? 1 : 0)
        return text.map { character in
            guard hiddenCount > 0, character.isLetter || character.isNumber else { return String(character) }
            hiddenCount -= 1
            return dot
        }.joined()
    }

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12]
            && parts.joined().allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }
}

extension [UInt8] {
    /// Replaces parts of the text.
    ///
    /// - Parameter ranges: sorted, and without overlaps.
    func replacing(_ ranges: [Range<Int>], _ replacement: (String) -> String) -> [UInt8] {
        guard !ranges.isEmpty else { return self }
        var replaced: [UInt8] = []
        replaced.reserveCapacity(count)
        var position = 0
        for range in ranges {
            replaced += self[position..<range.lowerBound]
            replaced += replacement(String(decoding: self[range], as: UTF8.self)).utf8
            position = range.upperBound
        }
        return replaced + self[position...]
    }
}
