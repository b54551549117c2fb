import Deliveries
import Testing

@Suite("Numbers of deliveries")
struct DeliveryIDTests {
    @Test(
        "a number is read from its digits and written as them",
        arguments: [("1", 1), ("42", 42), ("999999999999999999", 999_999_999_999_999_999)] as [(String, Int64)])
    func text(_ text: String, _ number: Int64) {
        #expect(DeliveryID(text) == DeliveryID(rawValue: number))
        #expect(DeliveryID(rawValue: number).description == text)
    }

    @Test(
        "what is no number of a delivery is rejected",
        arguments: [
            "", "0", "000", "-1", "+1", " 1", "1 ", "1.0", "1e3", "#1", "0x1", "latest", "९", "9223372036854775808",
        ])
    func rejects(_ text: String) {
        #expect(DeliveryID(text) == nil)
    }

    @Test("deliveries compare by number")
    func order() {
        #expect(DeliveryID(rawValue: 9) < DeliveryID(rawValue: 10))
        #expect([10, 9, 100].map { DeliveryID(rawValue: $0) }.sorted().map(\.rawValue) == [9, 10, 100])
    }
}
