import StrictJSON
import Testing

@Suite("Reading JSON strings")
struct JSONStringReadingTests {
    @Test(
        "escapes are decoded",
        arguments: [
            (#""""#, ""),
            (#""plain""#, "plain"),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\u0000""#, "\0"),
            (#""\ud83d\ude00""#, "😀"),
            (#""\uD83D\uDE00!""#, "😀!"),
            (#""\\u0041""#, #"\u0041"#),
            (#""\\\\""#, #"\\"#),
            (#""\ufffd\uffff""#, "\u{fffd}\u{ffff}"),
            (#""a\u0062c""#, "abc"),
        ])
    func escapes(_ text: String, _ string: String) throws {
        let read = try #require(try JSONDocument(text).root.string)
        #expect(Array(read.utf8) == Array(string.utf8))
    }

    @Test(
        "half of a surrogate pair becomes U+FFFD and does not change other characters",
        arguments: [
            (#""\ud83d""#, "\u{fffd}"),
            (#""\ude00""#, "\u{fffd}"),
            (#""\ud83dx""#, "\u{fffd}x"),
            (#""\ud83d\n""#, "\u{fffd}\n"),
            (#""\ud83d\\ude00""#, "\u{fffd}\\ude00"),
            (#""\ud83d\u0041""#, "\u{fffd}A"),
            (#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (#""\udbff\udfff""#, "\u{10ffff}"),
        ])
    func surrogates(_ text: String, _ string: String) throws {
        let read = try #require(try JSONDocument(text).root.string)
        #expect(Array(read.utf8) == Array(string.utf8))
    }

    @Test(
        "bytes that are not UTF-8 within a string are kept in the raw text and decoded as U+FFFD",
        arguments: [
            ([0xff], "\u{fffd}"),
            ([0x61, 0x80, 0x62], "a\u{fffd}b"),
            // An incomplete sequence, an overlong sequence, a surrogate, and a scalar beyond U+10FFFF.
            ([0xc3], "\u{fffd}"),
            ([0xc0, 0xaf], "\u{fffd}\u{fffd}"),
            ([0xed, 0xa0, 0x80], "\u{fffd}\u{fffd}\u{fffd}"),
            ([0xf4, 0x90, 0x80, 0x80], "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ([0x5c, 0x6e, 0xff], "\n\u{fffd}"),
        ] as [([UInt8], String)])
    func invalidUTF8(_ content: [UInt8], _ string: String) throws {
        let quoted = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
        let root = try JSONDocument(parsing: quoted).root
        #expect(root.string.map { Array($0.utf8) } == Array(string.utf8))
        #expect(Array(root.rawBytes) == quoted)
    }

    @Test(
        "bytes that are not UTF-8 are rejected outside of strings",
        arguments: [[0xff], [0xc3, 0xa9], [0x80]] as [[UInt8]])
    func invalidOutside(_ bytes: [UInt8]) throws {
        let error = try #require(throws: JSONSyntaxError.self) { try JSONDocument(parsing: bytes) }
        #expect(error.reason == .unexpectedByte)
        #expect(error.offset == 0)
    }

    @Test("an incomplete character at the end of a string does not include the closing quotation mark")
    func endsWithinCharacter() throws {
        let bytes = Array("[\"".utf8) + [0xe2, 0x82] + Array("\",1]".utf8)
        let root = try JSONDocument(parsing: bytes).root
        #expect(root.elements.map(\.scalarText) == ["\u{fffd}", "1"])
    }
}
