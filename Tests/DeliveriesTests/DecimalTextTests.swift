import Deliveries
import Testing

@Suite("Decimal numbers from untrusted bytes")
struct DecimalTextTests {
    @Test(
        "1 to 18 digits are a number",
        arguments: [
            ("0", 0), ("7", 7), ("00", 0), ("007", 7), ("1740716924", 1_740_716_924),
            ("999999999999999999", 999_999_999_999_999_999), ("000000000000000001", 1),
        ] as [(String, Int64)])
    func accepts(_ text: String, _ value: Int64) {
        #expect(DecimalText.nonNegative(text.utf8) == value)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "-1", "+1", "1.0", "1e3", " 1", "1 ", "1_000", "0x1", "١", "1\0", "½", "/", ":", "1000000000000000000",
            "0000000000000000001", "9223372036854775807", "9223372036854775808", "99999999999999999999999999999999",
        ])
    func rejects(_ text: String) {
        #expect(DecimalText.nonNegative(text.utf8) == nil)
    }

    @Test("a million digits are rejected")
    func long() {
        #expect(DecimalText.nonNegative([UInt8](repeating: UInt8(ascii: "1"), count: 1_000_000)) == nil)
    }
}
