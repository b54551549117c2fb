internal import StrictJSON

/// Data of persons, and credentials in texts that were stored, as views for people show them. The end of a number and the
/// domain of an address stay, so that one can be told from another.
package enum PersonalData {
    private static let dot = "•"
    /// Longer values are no numbers of anything.
    private static let numberByteCountLimit = 64

    /// A value as people see it.
    ///
    /// - Parameters:
    ///   - name: the member, field, header or parameter that has it; nil for text without one.
    ///   - outer: the name around that.
    package static func shown(_ text: String, name: String? = nil, outer: String? = nil) -> String {
        if let meaning = name.flatMap({ NameMeaning(name: $0, outer: outer) }), let masked = mask(text, as: meaning) {
            return masked
        }
        return shownText(text)
    }

    /// Text that nothing is known of but what is in it.
    private static func shownText(_ text: String) -> String {
        // Nothing of the type is as short.
        guard text.utf8.count >= 6 else { return text }
        var bytes = Array(text.utf8)
        let count = bytes.count
        bytes = replacing(PersonalTexts.webTokens(in: bytes), in: bytes) { _ in Masking.mask }
        var isChanged = bytes.count != count
        let addresses = PersonalTexts.localParts(in: bytes)
        bytes = replacing(addresses, in: bytes) { String($0.prefix(1)) + dot + dot + dot }
        let numbers = PersonalNumbers.ranges(in: bytes)
        bytes = replacing(numbers, in: bytes) { hidden($0) }
        isChanged = isChanged || !addresses.isEmpty || !numbers.isEmpty
        // The target of a link in the text may carry a credential.
        let shown = isChanged ? String(decoding: bytes, as: UTF8.self) : text
        return shown.hasPrefix("http") ? Masking.target(shown, ProviderSecrets()) : shown
    }

    /// Nil where the value cannot be what the name says.
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

    /// Letters and digits hidden but for the last; what stands between them stays.
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

    /// Puts something else in the place of parts of the text, which are in order.
    private static func replacing(
        _ ranges: [Range<Int>], in bytes: [UInt8], _ replacement: (String) -> String
    ) -> [UInt8] {
        guard !ranges.isEmpty else { return bytes }
        var replaced: [UInt8] = []
        replaced.reserveCapacity(bytes.count)
        var position = 0
        for range in ranges {
            replaced += bytes[position..<range.lowerBound]
            replaced += replacement(String(decoding: bytes[range], as: UTF8.self)).utf8
            position = range.upperBound
        }
        return replaced + bytes[position...]
    }
}
