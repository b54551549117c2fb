import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's parts")
struct KlaviPartTests {
    @Test(
        "JSON keeps its order, its numbers and its text",
        arguments: [
            #"{"z":1.0,"a":[1e5,-0,{"é":"ü","b":null}],"m":{}}"#, #"[]"#, #"{"a":"\"x\\"}"#, #""text""#, "5",
            #"[true,false,null,[[]]]"#, #"{"a,:{}[]":"]}"}"#, "12345678901234567890.123456789",
        ])
    func keeps(text: String) throws {
        let json = try #require(KlaviJSON.parse(Array(text.utf8)))
        #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    }

    @Test("White space goes, escapes are read, and of equal names the last value stays in the first place")
    func normalises() throws {
        let text = " {\"b\" : 1 ,\n\"a\":\"\\u00e9\\/\\ud83d\\ude00\", \"b\":2 }\t"
        let json = try #require(KlaviJSON.parse(Array(text.utf8)))
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"b":2,"a":"é/😀"}"#)
    }

    @Test(
        "What is not JSON is nothing",
        arguments: ["", " ", "{", "{\"a\"}", "[1", "[1}", "\"a", "{\"a\":tru}", "{\"a\":1}{", "\u{0}", "nul"])
    func refuses(text: String) {
        #expect(KlaviJSON.parse(Array(text.utf8)) == nil)
    }

    @Test("Bytes that are no UTF-8 and nesting without end are nothing")
    func refusesBytes() {
        #expect(KlaviJSON.parse([0x22, 0xff, 0x22]) == nil)
        #expect(KlaviJSON.parse(Array(repeating: UInt8(ascii: "["), count: 100_000)) == nil)
        let deep =
            Array(repeating: UInt8(ascii: "["), count: 100_000) + Array(repeating: UInt8(ascii: "]"), count: 100_000)
        #expect(KlaviJSON.parse(deep) == nil)
        #expect(KlaviJSON.parse(Array("{\"a\":1}".data(using: .utf16) ?? Data())) == nil)
    }

    @Test("A store keeps its newest entries")
    func stores() {
        var store = KlaviStore<Int>(limit: 10)
        for number in 0..<11 { store["\(number)"] = number }
        #expect(store["0"] == nil)
        #expect(store.values == Array(1...10))
        store["5"] = 50
        #expect(store.count == 10 && store["5"] == 50)
        store["5"] = nil
        #expect(store["5"] == nil && store.count == 9)
        for number in 0..<1000 { store["n\(number)"] = number }
        #expect(store.count <= 10 && store["n999"] == 999)
    }

    @Test("Parameters go between what the URL had and its fragment")
    func addsParameters() {
        let parameters = [(name: "a", value: "1 &é"), (name: "b", value: "")]
        for (url, expected) in [
            ("https://x.example", "https://x.example?a=1%20%26%C3%A9&b="),
            ("https://x.example/p?", "https://x.example/p?a=1%20%26%C3%A9&b="),
            ("https://x.example/p?c=d", "https://x.example/p?c=d&a=1%20%26%C3%A9&b="),
            ("https://x.example/p#f?", "https://x.example/p?a=1%20%26%C3%A9&b=#f?"),
            ("app:x?y&", "app:x?y&a=1%20%26%C3%A9&b="),
        ] {
            #expect(KlaviURL.adding(parameters, to: url) == expected)
        }
    }

    @Test("A rule by name goes before other, other before all; nothing named is nothing")
    func routes() throws {
        let both = try KlaviReportAddresses(["pf_a": "http://x/a", "other": "http://x/o"])
        #expect(both.url(of: "pf_a") == "http://x/a")
        #expect(both.url(of: "pf_b") == "http://x/o")
        let all = try KlaviReportAddresses(["all": "http://x/all"])
        #expect(all.url(of: "pf_a") == "http://x/all")
        let specific = try KlaviReportAddresses(["pf_a": "http://x/a"])
        #expect(specific.url(of: "pf_b") == nil)
        #expect(try KlaviReportAddresses(nil).url(of: "pf_a") == nil)
        #expect(throws: KlaviRefusal.self) {
            try KlaviReportAddresses(["all": "http://x/all", "pf_a": "http://x/a"])
        }
    }

    @Test("Consents end after twelve calendar months, leap days included, or never")
    func ends() throws {
        let leapDay = try Date("2024-02-29T12:00:00Z", strategy: .iso8601)
        #expect(KlaviTime.text(KlaviConsent.end(months: 12, after: leapDay)) == "2025-02-28T12:00:00.000Z")
        #expect(KlaviTime.text(KlaviConsent.end(months: 0, after: leapDay)) == "2300-01-01T00:00:00.000Z")
    }
}
