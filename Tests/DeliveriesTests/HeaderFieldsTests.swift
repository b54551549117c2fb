import Deliveries
import Testing

@Suite("Header fields")
struct HeaderFieldsTests {
    private let headers: HeaderFields = [
        HeaderField("Host", "a"), HeaderField("X-Signature", "1"), HeaderField("Accept", ""),
        HeaderField("x-signature", "2"),
    ]

    @Test("all lines with a name are found in order, in any letter case")
    func values() {
        #expect(headers.values(named: "X-SIGNATURE") == ["1", "2"])
        #expect(headers.values(named: "host") == ["a"])
        #expect(headers.values(named: "Accept") == [""])
        #expect(headers.values(named: "Origin") == [])
    }

    @Test("onlyValue returns the value of a single line with the name, even if it is empty")
    func onlyValue() {
        #expect(headers.onlyValue(named: "HOST") == "a")
        #expect(headers.onlyValue(named: "accept") == "")
        #expect(headers.onlyValue(named: "X-Signature") == nil)
        #expect(headers.onlyValue(named: "Origin") == nil)
    }

    @Test("a header is found by its name in any letter case, even if its value is empty")
    func contains() {
        #expect(headers.contains("accept"))
        #expect(headers.contains("X-signature"))
        #expect(!headers.contains("Origin"))
        #expect(!HeaderFields([]).contains(""))
    }

    @Test("lines keep their order, their spelling and their repetitions")
    func order() {
        #expect(headers.fields.map(\.name) == ["Host", "X-Signature", "Accept", "x-signature"])
    }

    @Test(
        "only the case of the letters A to Z is ignored",
        arguments: [
            ("Host", "hOST", true), ("", "", true), ("X-1_a", "x-1_A", true), ("Host", "Hos", false),
            ("Host", "Hosts", false),
            // Bytes that differ by 0x20, as upper-case and lower-case letters do.
            ("@", "`", false), ("[", "{", false), ("X-A", "X\rA", false),
            // Letters outside of ASCII: the Kelvin sign, and É and é, composed and decomposed.
            ("K", "\u{212a}", false), ("É", "é", false), ("\u{e9}", "e\u{301}", false), ("É", "É", true),
        ])
    func letterCase(_ one: String, _ other: String, _ isMatch: Bool) {
        #expect(one.matchesIgnoringASCIICase(other) == isMatch)
        #expect(other.matchesIgnoringASCIICase(one) == isMatch)
    }
}

@Suite("Responses")
struct ResponseTests {
    @Test("a JSON response has its content type before the other headers")
    func json() {
        let response = Response.json(503, #"{"a":"é"}"#, headers: [HeaderField("Retry-After", "5")])
        #expect(response.status == 503)
        #expect(response.headers == [HeaderField("Content-Type", "application/json"), HeaderField("Retry-After", "5")])
        #expect(response.body == Array(#"{"a":"é"}"#.utf8))
    }

    @Test("a text response is plain text and prevents content sniffing")
    func text() {
        let response = Response.text(404, "<b>é</b>\n", headers: [HeaderField("Connection", "close")])
        #expect(response.status == 404)
        #expect(
            response.headers == [
                HeaderField("Content-Type", "text/plain; charset=utf-8"),
                HeaderField("X-Content-Type-Options", "nosniff"), HeaderField("Connection", "close"),
            ])
        #expect(response.body == Array("<b>é</b>\n".utf8))
    }
}
