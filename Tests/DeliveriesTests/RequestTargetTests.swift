import Deliveries
import Testing

@Suite("Request targets")
struct RequestTargetTests {
    @Test(
        "a target is split at its first question mark, and an absolute target also after its authority",
        arguments: [
            ("/", "/", nil),
            ("/klavi/return", "/klavi/return", nil),
            ("/klavi?a=1", "/klavi", "a=1"),
            ("/klavi?", "/klavi", ""),
            ("/klavi?a=1?b=2", "/klavi", "a=1?b=2"),
            ("/a%2Fb/%3F?%26", "/a%2Fb/%3F", "%26"),
            ("//host/path", "//host/path", nil),
            ("/http://other/", "/http://other/", nil),
            ("http://callbox.example/klavi?a=1", "/klavi", "a=1"),
            ("HTTPS://callbox.example:8443/klavi", "/klavi", nil),
            ("https://user@callbox.example/klavi", "/klavi", nil),
            ("http://callbox.example?a=/b", "", "a=/b"),
            ("http://callbox.example", "", nil),
            // A combining character after a slash must not hide the slash.
            ("http://callbox.example/\u{301}a?\u{301}=1", "/\u{301}a", "\u{301}=1"),
            ("ftp://callbox.example/a", "ftp://callbox.example/a", nil),
            ("*", "*", nil),
            ("", "", nil),
            ("?", "", ""),
            ("callbox.example:443", "callbox.example:443", nil),
        ] as [(String, String, String?)])
    func parts(_ text: String, _ path: String, _ query: String?) {
        let target = RequestTarget(text)
        #expect(target.path == path)
        #expect(target.query == query)
        #expect(target.text == text)
    }

    @Test(
        "query items are decoded and in order, including repeats",
        arguments: [
            ("/", []),
            ("/?", []),
            ("/?&&", []),
            ("/?a=1&b=2&a=3", [["a", "1"], ["b", "2"], ["a", "3"]]),
            ("/?a", [["a", ""]]),
            ("/?a=", [["a", ""]]),
            ("/?=1", [["", "1"]]),
            ("/?a==1=", [["a", "=1="]]),
            ("/?a=1+2%2B3", [["a", "1 2+3"]]),
            ("/?%61%3D=%C3%A9", [["a=", "é"]]),
            ("/?a=%26b%3D1&c=%3F", [["a", "&b=1"], ["c", "?"]]),
            ("/?a=%zz%4&b=%", [["a", "%zz%4"], ["b", "%"]]),
            ("/?a=%00%0d%0A", [["a", "\0\r\n"]]),
            ("/?a=%ff%C3", [["a", "\u{fffd}\u{fffd}"]]),
            ("/?a=1;b=2", [["a", "1;b=2"]]),
        ] as [(String, [[String]])])
    func queryItems(_ text: String, _ items: [[String]]) {
        let read = RequestTarget(text).queryItems
        #expect(read.map { [Array($0.name.utf8), Array($0.value.utf8)] } == items.map { $0.map { Array($0.utf8) } })
    }

    @Test("the first of several items with the same name is used, and names are compared by their bytes")
    func queryValue() {
        let target = RequestTarget("/?code=1&code=2&caf%C3%A9=3&cafe%CC%81=4&empty=&CODE=5")
        #expect(target.queryValue(named: "code") == "1")
        #expect(target.queryValue(named: "CODE") == "5")
        #expect(target.queryValue(named: "caf\u{e9}") == "3")
        #expect(target.queryValue(named: "cafe\u{301}") == "4")
        #expect(target.queryValue(named: "empty") == "")
        #expect(target.queryValue(named: "Code") == nil)
        let nested = RequestTarget("/ezid?tenant=1?code=a&code=b?c=d?e=f")
        #expect(nested.queryValue(named: "code") == "b?c=d?e=f", "an item after & is found first")
        #expect(nested.queryValue(named: "tenant") == "1?code=a")
        #expect(nested.queryValue(named: "c") == "d")
        #expect(nested.queryValue(named: "e") == "f")
        #expect(RequestTarget("/code").queryValue(named: "code") == nil)
    }

    @Test("a query of 100,000 items is read")
    func manyItems() {
        #expect(RequestTarget("/?" + String(repeating: "a&", count: 100_000)).queryItems.count == 100_000)
    }
}
