/// Brazilian tax ids without their punctuation.
enum BrazilianTaxID {
    /// Throws `badInput` unless there are 11 digits. Check digits are left to the provider, whose test users have any.
    static func person(_ text: String?, _ name: String) throws(ProviderCallFailure) {
        guard let text else { return }
        guard text.utf8.count == 11, text.utf8.allSatisfy(isDigit) else {
            throw .badInput("\(name) is a CPF of 11 digits, without dots and dash.")
        }
    }

    /// Throws `badInput` unless there are 14 characters: digits, of which the first twelve may be capital letters, as they
    /// are given out since July 2026.
    static func company(_ text: String?, _ name: String) throws(ProviderCallFailure) {
        guard let text else { return }
        let isWellFormed =
            text.utf8.count == 14
            && text.utf8.enumerated().allSatisfy { place, byte in isDigit(byte) || place < 12 && isCapital(byte) }
        guard isWellFormed else { throw .badInput("\(name) is a CNPJ of 14 characters, without dots, slash and dash.") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isCapital(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
