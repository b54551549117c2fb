import StrictJSON
import Testing
import TextForms

@Suite("Numbers compared by value")
struct DecimalValueTests {
    @Test(
        "different spellings of a number are equal",
        arguments: [
            ("10", "10.0"), ("10", "1e1"), ("0.10", "1e-1"), ("0", "-0"), ("0", "0.000e5"), ("-1200", "-1.2E+3"),
            ("12345678901234567890", "12345678901234567890.0"),
        ])
    func equal(one: String, other: String) throws {
        let (one, other) = (try #require(DecimalValue(one)), try #require(DecimalValue(other)))
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(!(one < other) && !(other < one))
    }

    @Test("numbers are ordered without rounding")
    func order() throws {
        let texts = [
            "-1e6", "-12", "-2", "-0.5", "0", "0.05", "0.5", "0.51", "1", "9", "10", "10.01", "99",
            "12345678901234567889", "12345678901234567890", "1e99999",
        ]
        let numbers = try texts.map { try #require(DecimalValue($0)) }
        for (place, one) in numbers.enumerated() {
            for (other, two) in numbers.enumerated() { #expect((one < two) == (place < other)) }
        }
    }

    @Test(
        "text that is not a JSON number is rejected",
        arguments: ["", "-", "+1", "01", ".5", "5.", "1e", "1e+", "0x10", "1 ", " 1", "1e1234567", "NaN", "٣", "1,5"])
    func refused(text: String) {
        #expect(DecimalValue(text) == nil)
    }
}
