import Testing

@testable import ProviderSandbox

@Suite("Terminal text")
struct TerminalTextTests {
    @Test(
        "printable text stays, everything else is escaped",
        arguments: [
            ("João 中文 😀", "João 中文 😀"), ("a\tb\r\n", #"a\tb\r\n"#), ("\u{1b}[31m", #"\x1b[31m"#),
            (#"a\n"#, #"a\\n"#), ("\u{200b}\u{feff}\u{2028}", #"\u{200b}\u{feff}\u{2028}"#),
            ("\u{7f}\u{85}", #"\x7f\u{85}"#),
            ("", ""),
        ])
    func escapes(text: String, shown: String) {
        #expect(TerminalText.escaped(text.utf8) == shown)
    }

    @Test("bytes that are no UTF-8 are escaped one by one, and what follows them is read again")
    func invalidBytes() {
        let bytes: [UInt8] = [0xc3, 0x28, 0xed, 0xa0, 0x80, 0xe2, 0x82, 0xc3, 0xa9, 0xf0]
        #expect(TerminalText.escaped(bytes) == #"\xc3(\xed\xa0\x80\xe2\x82é\xf0"#)
        #expect(TerminalText.printable(bytes) == nil)
    }

    @Test("a text is printable only where all of it is")
    func printable() {
        #expect(TerminalText.printable(#"{"é":1}"#.utf8) == #"{"é":1}"#)
        #expect(TerminalText.printable("a\n".utf8) == nil)
        #expect(TerminalText.printable("".utf8) == "")
    }

    @Test("a text is cut at the limit and not before", arguments: [("abcd", "abcd"), ("abcde", "abc…"), ("", "")])
    func cut(text: String, shown: String) {
        #expect(TerminalText.cut(text, to: 4) == shown)
    }
}
