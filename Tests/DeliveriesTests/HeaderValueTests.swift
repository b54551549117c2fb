import Deliveries
import Testing

@Suite("Values of header lines")
struct HeaderValueTests {
    @Test("UTF-8 is read unchanged", arguments: ["", "a\tb", "São Paulo", "\u{e000}", "\u{10fdff}", "\u{10ff00}", "😀"])
    func readable(text: String) {
        #expect(HeaderValue.text(Array(text.utf8)) == text)
        #expect(HeaderValue.bytes(text) == Array(text.utf8))
        #expect(!HeaderValue.hasEscapes(text))
    }

    @Test(
        "bytes that are not UTF-8 are unchanged after reading and writing",
        arguments: [
            [0x53, 0xe3, 0x6f], [0xff], [0x80, 0xbf], [0xc3], [0xc3, 0xa3, 0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80],
            [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80], [0xf4, 0x8f, 0xba, 0x80], [0xf4, 0x8f, 0xbb, 0xbf, 0x41],
        ] as [[UInt8]])
    func exact(bytes: [UInt8]) {
        let text = HeaderValue.text(bytes)
        #expect(HeaderValue.bytes(text) == bytes)
        #expect(HeaderValue.hasEscapes(text))
    }

    @Test("the ASCII letters of Latin-1 text stay readable")
    func latin1() {
        #expect(HeaderValue.text([0x53, 0xe3, 0x6f]) == "S\u{10fee3}o")
    }

    @Test("different values have different texts")
    func injective() {
        let firsts: [UInt8] = [0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xf4, 0xff]
        var texts: Set<ByteText> = []
        for first in firsts {
            for second in UInt8(0x7f)...0xff { texts.insert(ByteText(HeaderValue.text([first, second]))) }
        }
        #expect(texts.count == firsts.count * 129)
    }
}
