import Deliveries
import Testing

@Suite("Decimal numbers from untrusted bytes")
struct DecimalTextTests {
    @Test(
        "1 to 18 digits are read as a number",
        arguments: [
            ("0", 0), ("7", 7), ("00", 0), ("007", 7), ("1740716924", 1_740_716_924),
            ("999999999999999999", 999_999_999_999_999_999), ("000000000000000001", 1),
        ] as [(String, Int64)])
    func accepts(_ text: String, _ value: Int64) {
        #expect(DecimalText.nonNegative(text.utf8) == value)
    }

    @Test(
        "signs, separators, letters and more than 18 digits are rejected",
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

@Suite("Delivery IDs")
struct DeliveryIDTests {
    @Test(
        "an ID is read from and written as digits",
        arguments: [("1", 1), ("42", 42), ("999999999999999999", 999_999_999_999_999_999)] as [(String, Int64)])
    func text(_ text: String, _ number: Int64) {
        #expect(DeliveryID(text) == DeliveryID(rawValue: number))
        #expect(DeliveryID(rawValue: number).description == text)
    }

    @Test(
        "text that is not a delivery ID is rejected",
        arguments: [
            "", "0", "000", "-1", "+1", " 1", "1 ", "1.0", "1e3", "#1", "0x1", "latest", "९", "9223372036854775808",
        ])
    func rejects(_ text: String) {
        #expect(DeliveryID(text) == nil)
    }

    @Test("deliveries are ordered by ID")
    func order() {
        #expect(DeliveryID(rawValue: 9) < DeliveryID(rawValue: 10))
        #expect([10, 9, 100].map { DeliveryID(rawValue: $0) }.sorted().map(\.rawValue) == [9, 10, 100])
    }
}
