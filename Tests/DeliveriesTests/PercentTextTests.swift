import Deliveries
import Testing

@Suite("Percent-encoded text")
struct PercentTextTests {
    @Test(
        "escapes and plus signs are decoded, anything else stays",
        arguments: [
            ("", ""), ("plain", "plain"), ("%41%62%7e", "Ab~"), ("%c3%A9", "é"), ("a+b", "a b"), ("a%2Bb", "a+b"),
            ("%25", "%"), ("%2541", "%41"), ("%", "%"), ("%4", "%4"), ("%%41", "%A"), ("%g1", "%g1"), ("%1g", "%1g"),
            ("%4%31", "%41"), ("é", "é"), ("%00", "\0"),
        ])
    func decodes(_ text: String, _ plain: String) {
        #expect(Array(PercentText.decodeForm(text.utf8).utf8) == Array(plain.utf8))
    }

    @Test("bytes that are not UTF-8 are repaired", arguments: ["%ff", "%C3", "%ed%a0%80"])
    func repairs(_ text: String) {
        #expect(PercentText.decodeForm(text.utf8).unicodeScalars.allSatisfy { $0 == "\u{fffd}" })
    }

    @Test("every byte below 0x80 comes back from its escape")
    func everyByte() {
        for byte in UInt8(0)..<0x80 {
            #expect(Array(PercentText.decodeForm(("%" + Hex.encode([byte])).utf8).utf8) == [byte])
        }
    }
}
