import Testing

@testable import Redaction

@Suite("Check digits")
struct CheckDigitsTests {
    private static func digits(_ text: String) -> [UInt8] {
        text.utf8.map { $0 - UInt8(ascii: "0") }
    }

    @Test(
        "a CPF with correct check digits is accepted",
        arguments: ["10020030088", "10020030169", "52998224725", "00000000191"])
    func cpf(text: String) {
        #expect(CheckDigits.isCPF(Self.digits(text)))
    }

    @Test(
        "an invalid CPF is rejected",
        arguments: ["10020030089", "10020030098", "11111111111", "00000000000", "1002003008", "100200300880", ""])
    func noCPF(text: String) {
        #expect(!CheckDigits.isCPF(Self.digits(text)))
    }

    @Test(
        "a CNPJ with correct check digits is accepted",
        arguments: ["99901001000174", "11222333000181", "99900001000150"])
    func cnpj(text: String) {
        #expect(CheckDigits.isCNPJ(Self.digits(text)))
    }

    @Test(
        "an invalid CNPJ is rejected",
        arguments: ["99901001000175", "99901001000164", "00000000000000", "9990100100017", ""])
    func noCNPJ(text: String) {
        #expect(!CheckDigits.isCNPJ(Self.digits(text)))
    }

    @Test("a SIN with a correct Luhn digit is accepted", arguments: ["046454286", "130692544"])
    func sin(text: String) {
        #expect(CheckDigits.isSIN(Self.digits(text)))
    }

    @Test(
        "an invalid SIN is rejected", arguments: ["046454287", "046545286", "000000000", "04645428", "0464542860", ""])
    func noSIN(text: String) {
        #expect(!CheckDigits.isSIN(Self.digits(text)))
    }
}
