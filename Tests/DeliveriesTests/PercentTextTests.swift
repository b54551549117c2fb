import Deliveries
import Testing

@Suite("Percent-encoded text")
struct PercentTextTests {
    @Test(
        "escapes and plus signs are decoded, and other text is unchanged",
        arguments: [
            ("", ""), ("plain", "plain"), ("%41%62%7e", "Ab~"), ("%c3%A9", "é"), ("a+b", "a b"), ("a%2Bb", "a+b"),
            ("%25", "%"), ("%2541", "%41"), ("%", "%"), ("%4", "%4"), ("%%41", "%A"), ("%g1", "%g1"), ("%1g", "%1g"),
            ("%4%31", "%41"), ("é", "é"), ("%00", "\0"),
        ])
    func decodes(_ text: String, _ plain: String) {
        #expect(Array(PercentText.decodeForm(text.utf8).utf8) == Array(plain.utf8))
    }

    @Test("bytes that are not UTF-8 are decoded as U+FFFD", arguments: ["%ff", "%C3", "%ed%a0%80"])
    func repairs(_ text: String) {
        #expect(PercentText.decodeForm(text.utf8).unicodeScalars.allSatisfy { $0 == "\u{fffd}" })
    }

    @Test("every byte below 0x80 is decoded from its escape")
    func everyByte() {
        for byte in UInt8(0)..<0x80 {
            #expect(Array(PercentText.decodeForm(("%" + Hex.encode([byte])).utf8).utf8) == [byte])
        }
    }
}

@Suite("Query values that keep plus signs")
struct PercentDecodedQueryTests {
    @Test(
        "the first query item with the name is used, its escapes are decoded, and + stays +",
        arguments: [
            ("/?challenge=a", "a"), ("/?challenge=a+b", "a+b"), ("/?challenge=a%2Bb%20c", "a+b c"),
            ("/?challenge=", ""), ("/?challenge", ""), ("/?challenge=a=b==", "a=b=="), ("/?x=1&challenge=2", "2"),
            ("/?challenge=1&challenge=2", "1"), ("/?ch%61llenge=1", "1"), ("/?challenge=%zz%4%", "%zz%4%"),
            ("/?&&challenge=1", "1"), ("/?challenge=1?2", "1?2"), ("http://h/p?challenge=1", "1"),
            ("/?challenge=%26x%3D1", "&x=1"), ("/", nil), ("/?", nil), ("/?Challenge=1", nil), ("/?x=challenge", nil),
            ("/challenge=1", nil), ("/?+challenge=1", nil),
        ] as [(String, String?)])
    func values(_ target: String, _ value: String?) {
        #expect(RequestTarget(target).queryValue(named: "challenge", plusIsSpace: false) == value)
    }

    @Test("bytes of a query value that are not UTF-8 are decoded as U+FFFD")
    func repairs() {
        #expect(RequestTarget("/?a=%ff+").queryValue(named: "a", plusIsSpace: false) == "\u{fffd}+")
    }
}
