import Deliveries
import Testing

@testable import Presentation

@Suite("Requests as code")
struct RequestCodeTests {
    private static func code(
        _ language: RequestCode.Language, method: String = "POST", url: String = "http://localhost:3000/a?b=1",
        _ headers: [HeaderField] = [], body: String = "{}"
    ) -> String {
        RequestCode(method: method, url: url, headers: headers, body: Array(body.utf8), fileName: "delivery-1.body")
            .text(in: language)
    }

    @Test(
        "a string is quoted for the shell, without shell expansions or unescaped control characters",
        arguments: [
            ("a", "'a'"), ("it's", #"'it'\''s'"#), ("$(id) `id` \\", "'$(id) `id` \\'"), ("", "''"), ("a\nb", "'a\nb'"),
            ("\u{1b}[31m", #""$(printf '\033\133\063\061\155')""#), ("a\r", #""$(printf '\141\015')""#),
        ])
    func shell(text: String, word: String) {
        #expect(RequestCode.shell(text) == word)
    }

    @Test(
        "a string literal for Python is ASCII",
        arguments: [("a\"b\\", #""a\"b\\""#), ("\u{1b}é€😀", #""\u001b\u00e9\u20ac\U0001f600""#)])
    func python(text: String, literal: String) {
        #expect(RequestCode.python(text) == literal)
    }

    @Test("curl sends exactly the headers of the delivery")
    func curl() {
        let text = Self.code(.curl, [HeaderField("X-A", "1"), HeaderField("X-Empty", "")], body: "@file")
        #expect(
            text == """
                curl \\
                  --path-as-is --globoff --request 'POST' \\
                  'http://localhost:3000/a?b=1' \\
                  --header 'X-A: 1' \\
                  --header 'X-Empty;' \\
                  --header 'Accept:' \\
                  --header 'User-Agent:' \\
                  --header 'Content-Type:' \\
                  --header 'Expect:' \\
                  --data-raw '@file'

                """)
        #expect(Self.code(.curl, method: "HEAD", body: "").contains("--head \\"))
    }

    @Test("characters that are special to HTTPie are escaped in values")
    func httpie() {
        let text = Self.code(.httpie, [HeaderField("X-A", "=1"), HeaderField("X-B", "@f"), HeaderField("-x", "y")])
        #expect(text.contains(#"'X-A:\=1'"#) && text.contains(#"'X-B:\@f'"#) && text.contains("-- 'POST'"))
    }

    @Test("a body that is not plain text is written as Base64, or to a file")
    func binary() {
        let escape = "\u{1b}]0;x\u{7}"
        for language in RequestCode.Language.allCases {
            let text = Self.code(language, body: escape)
            #expect(!text.contains("\u{1b}"))
            #expect(language == .http ? text.hasSuffix("\n\n< ./delivery-1.body\n") : text.contains("G10wO3gH"))
        }
    }

    @Test("an .http file has the request line, the headers and the body")
    func http() {
        #expect(
            Self.code(.http, [HeaderField("X-A", "1")])
                == "POST http://localhost:3000/a?b=1 HTTP/1.1\nX-A: 1\n\n{}\n")
    }
}
