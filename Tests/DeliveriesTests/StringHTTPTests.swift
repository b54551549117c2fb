import Deliveries
import Testing

@Suite("Tokens and header values of HTTP")
struct StringHTTPTests {
    @Test("letters, digits and RFC 9110's symbols form a token", arguments: ["POST", "X-Klavi-1", "!#$%&'*+-.^_`|~"])
    func token(text: String) {
        #expect(text.isToken)
    }

    @Test(
        "an empty string, separators, control characters and non-ASCII letters are not a token",
        arguments: [
            "", "a b", "a:", "a/b", "a(", "\"a\"", "a@b", "[a]", "{a}", "a,b", "a;", "a\n", "a\0", "a\u{7f}", "ä",
        ])
    func noToken(text: String) {
        #expect(!text.isToken)
    }

    @Test("any text on one line is a valid header value", arguments: ["", "a, b; c=\"d\"", "a\tb", "ä €"])
    func fieldValue(text: String) {
        #expect(text.isFieldValue)
    }

    @Test(
        "a control character is not allowed in a header value", arguments: ["a\r\nb", "a\n", "\0", "\u{1b}", "\u{7f}"])
    func noFieldValue(text: String) {
        #expect(!text.isFieldValue)
    }
}
