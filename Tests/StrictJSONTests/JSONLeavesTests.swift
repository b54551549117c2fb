import StrictJSON
import Testing

@Suite("The leaves of a JSON text")
struct JSONLeavesTests {
    private static func leaves(_ text: String) throws -> [String] {
        JSONLeaves(try JSONDocument(parsing: Array(text.utf8))).map { "\($0.path) \($0.value.rawText)" }
    }

    @Test("each leaf occurs once, in order, with its path")
    func order() throws {
        #expect(
            try Self.leaves(#"{"a":[1,{"b":null},[]],"c d":{"e":"x","f":{}},"it's":true,"":2}"#) == [
                "$.a[0] 1", "$.a[1].b null", "$.a[2] []", "$['c d'].e \"x\"", "$['c d'].f {}", "$[\"it's\"] true",
                "$[''] 2",
            ])
        #expect(try Self.leaves("7") == ["$ 7"])
        #expect(try Self.leaves("{}") == ["$ {}"])
    }

    @Test("the path of a leaf leads to the same leaf")
    func paths() throws {
        let document = try JSONDocument(parsing: Array(#"{"a":[{"b.c":[3]},{"x]y":"z"}],"ü":1}"#.utf8))
        for leaf in JSONLeaves(document) {
            let path = try #require(JSONPath(leaf.path))
            #expect(path.value(in: document.root)?.rawText == leaf.value.rawText)
        }
    }

    @Test("deep nesting does not overflow the stack")
    func depth() throws {
        let text = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(try Self.leaves(text).count == 1)
    }
}
