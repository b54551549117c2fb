import StrictJSON
import Testing

@Suite("Paths in JSON")
struct JSONPathTests {
    private static let text = #"""
        {"id":7,"data":{"object":{"id":"x"}},"links":[{"linkId":"L-0"},{"linkId":"L-1"}],"odd name":1,"a.b":2,"":3,
        "caf\u00e9":4,"twice":1,"twice":2,"n":null,"[0]":5,"matrix":[[1,2],[3,4]]}
        """#

    @Test(
        "a path returns its value",
        arguments: [
            ("$.id", "7"), ("$.data.object.id", #""x""#), ("$.links[0].linkId", #""L-0""#),
            ("$.links[1].linkId", #""L-1""#), ("$['odd name']", "1"), ("$[\"odd name\"]", "1"), ("$.odd name", "1"),
            ("$['a.b']", "2"), ("$['']", "3"), ("$.caf\u{e9}", "4"), ("$.twice", "2"), ("$.n", "null"),
            ("$['data']['object'].id", #""x""#), ("$.matrix[1][0]", "3"), ("$.data.object", #"{"id":"x"}"#),
            ("$.links[2]", nil), ("$.links[999999]", nil), ("$.links.linkId", nil), ("$.id.id", nil), ("$[0]", nil),
            ("$.id[0]", nil), ("$.missing", nil), ("$.Id", nil), ("$.cafe\u{301}", nil), ("$.n.x", nil),
            ("$['0']", nil), ("$.data[0]", nil),
        ] as [(String, String?)])
    func values(_ path: String, _ value: String?) throws {
        let root = try JSONDocument(Self.text).root
        #expect(try #require(JSONPath(path)).value(in: root)?.rawText == value)
    }

    @Test("$ is the path of the whole text")
    func whole() throws {
        #expect(try #require(JSONPath("$")).value(in: JSONDocument("[1]").root)?.rawText == "[1]")
    }

    @Test(
        "text that is not a path is rejected",
        arguments: [
            "", " ", "id", ".id", "$id", " $.id", "$.", "$..id", "$.id.", "$[", "$[]", "$]", "$[0", "$[x]", "$[-1]",
            "$[+1]", "$[-0]", "$[01]", "$[ 1]", "$[1.0]", "$[1000000]", "$[99999999999999999999]", "$[*]", "$[0:2]",
            "$[0,1]", "$[?(@.a)]", "$[']", "$['a\"]", "$['a'", "$[0]x", "$['a']b", "$.a[0].", "$ .a",
        ])
    func refused(_ text: String) {
        #expect(JSONPath(text) == nil)
    }

    @Test("a path may have 32 steps but not 33")
    func length() {
        for step in [".a", "[0]", "['a']"] {
            #expect(JSONPath("$" + String(repeating: step, count: 32)) != nil)
            #expect(JSONPath("$" + String(repeating: step, count: 33)) == nil)
        }
    }

    @Test(
        "lastName is the last member name in a path",
        arguments: [
            ("$", nil), ("$[0]", nil), ("$.a", "a"), ("$.a[0]", "a"), ("$.a.b", "b"), ("$['x y'][1][2]", "x y"),
        ] as [(String, String?)])
    func lastName(_ path: String, _ name: String?) throws {
        #expect(try #require(JSONPath(path)).lastName == name)
    }

    @Test("a path keeps its original text")
    func text() {
        #expect(JSONPath("$['a'].b")?.text == "$['a'].b")
    }
}
