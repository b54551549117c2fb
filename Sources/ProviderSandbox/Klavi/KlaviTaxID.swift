/// Brazilian tax numbers, by their form alone: check digits are not computed.
enum KlaviTaxID {
    static let cpfDigitCount = 11
    static let cnpjDigitCount = 14
    /// The person of deliveries that are about nobody in particular.
    static let example = "12345678909"
    static let businessExample = "12345678000195"

    static func isValid(_ text: String, digitCount: Int) -> Bool {
        text.utf8.count == digitCount && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
