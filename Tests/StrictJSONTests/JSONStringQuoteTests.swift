import Foundation
import StrictJSON
import Testing

@Suite("Quoting strings for JSON")
struct JSONStringQuoteTests {
    @Test(
        "only characters that are special in JSON or on a terminal are escaped",
        arguments: [
            ("", #""""#),
            ("plain text", #""plain text""#),
            ("\"", #""\"""#),
            (#"\"#, #""\\""#),
            ("/", #""/""#),
            ("\n\r\t", #""\n\r\t""#),
            ("\r\n", #""\r\n""#),
            ("\0\u{1}\u{8}\u{b}\u{c}\u{1b}\u{1f}", #""\u0000\u0001\u0008\u000b\u000c\u001b\u001f""#),
            ("\u{20}\u{7e}\u{7f}", #"" ~\u007f""#),
            ("\u{80}\u{9b}\u{9f}\u{a0}", "\"\\u0080\\u009b\\u009f\u{a0}\""),
            ("\u{2027}\u{2028}\u{2029}\u{202a}", "\"\u{2027}\\u2028\\u2029\u{202a}\""),
            ("é e\u{301} € 😀 👩‍👩‍👧", "\"é e\u{301} € 😀 👩‍👩‍👧\""),
        ])
    func quote(_ text: String, _ quoted: String) {
        #expect(Array(JSONString.quote(text).utf8) == Array(quoted.utf8))
    }

    @Test("the first 0x3000 characters are unchanged after quoting and after parsing by Callbox or by Foundation")
    func roundTrip() throws {
        let scalars = (UInt32(0)..<0x3000).compactMap(Unicode.Scalar.init)
        let text = String(String.UnicodeScalarView(scalars))
        let quoted = JSONString.quote(text)
        let read = try #require(try JSONDocument(quoted).root.string)
        #expect(Array(read.utf8) == Array(text.utf8))
        let foundation =
            try JSONSerialization.jsonObject(with: Data(quoted.utf8), options: .fragmentsAllowed) as? String
        #expect(foundation.map { Array($0.utf8) } == Array(text.utf8))
    }
}
