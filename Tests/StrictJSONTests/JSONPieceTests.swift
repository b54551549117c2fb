import StrictJSON
import Testing

@Suite("Member names of formatted JSON values")
struct JSONPieceTests {
    private static func pieces(_ text: String) throws -> [String] {
        var pieces: [String] = []
        JSONPrettyPrinter.forEachLine(
            of: try JSONDocument(text).root,
            render: { piece in
                pieces.append("\(piece.kind) \(piece.plainText) \(piece.name ?? "-") \(piece.outerName ?? "-")")
                return piece.plainText
            }, { _ in })
        return pieces
    }

    @Test("a formatted value has the name of its member or its array's member, and the name of the parent member")
    func names() throws {
        #expect(
            try Self.pieces(#"{"a":{"b":[1,["x"],{"c":true}]},"d":null}"#) == [
                #"name "a" a -"#, #"name "b" b a"#, "number 1 b a", #"string "x" b a"#, #"name "c" c b"#,
                "literal true c b", #"name "d" d -"#, "literal null d -",
            ])
        #expect(try Self.pieces("[1,[2]]") == ["number 1 - -", "number 2 - -"])
        #expect(try Self.pieces("3") == ["number 3 - -"])
    }

    @Test("a nested value is formatted without the text around it")
    func inner() throws {
        let root = try JSONDocument(#"{"a":1,"b":[2,{}],"c":3}"#).root
        var lines: [String] = []
        JSONPrettyPrinter.forEachLine(of: try #require(root["b"]), render: \.plainText) { lines.append($0) }
        #expect(lines == ["[", "  2,", "  {}", "]"])
        lines = []
        JSONPrettyPrinter.forEachLine(of: try #require(root["c"]), render: \.plainText) { lines.append($0) }
        #expect(lines == ["3"])
    }

    @Test("formatting can be stopped")
    func stopped() throws {
        struct Enough: Error {}
        let root = try JSONDocument("[1,2,3]").root
        var count = 0
        #expect(throws: Enough.self) {
            try JSONPrettyPrinter.forEachLine(of: root, render: \.plainText) { _ in
                count += 1
                if count == 2 { throw Enough() }
            }
        }
        #expect(count == 2)
    }
}
