import Deliveries
import Testing

@Suite("Hexadecimal text")
struct HexTests {
    @Test(
        "bytes are written as two lower-case digits each",
        arguments: [([], ""), ([0x00], "00"), ([0x0f, 0xf0], "0ff0"), ([0xde, 0xad, 0xbe, 0xef], "deadbeef")]
            as [([UInt8], String)])
    func encode(_ bytes: [UInt8], _ text: String) {
        #expect(Hex.encode(bytes) == text)
    }

    @Test("every byte is decoded from digits of either case")
    func roundTrip() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hex.encode(bytes)
        #expect(Hex.decode(text.utf8) == bytes)
        #expect(Hex.decode(text.uppercased().utf8) == bytes)
    }

    @Test("digits of upper and lower case can be mixed")
    func mixedCase() {
        #expect(Hex.decode("aBcDeF".utf8) == [0xab, 0xcd, 0xef])
    }

    @Test(
        "text that does not consist of pairs of digits is rejected",
        arguments: [
            "0", "000", "0g", "g0", " 00", "00 ", "0x00", "00:00", "-1", "+1", "é", "٠٠", "00\n", "\0\0", "/0", ":0",
        ])
    func rejects(_ text: String) {
        #expect(Hex.decode(text.utf8) == nil)
    }

    @Test("only the 22 digit characters have a value")
    func nibbles() {
        let digits = Array("0123456789abcdefABCDEF".utf8)
        let values: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 10, 11, 12, 13, 14, 15]
        #expect(digits.map { Hex.nibble($0) } == values)
        for byte in UInt8.min...UInt8.max where !digits.contains(byte) { #expect(Hex.nibble(byte) == nil) }
    }
}
