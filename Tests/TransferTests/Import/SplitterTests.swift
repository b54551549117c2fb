import Testing

@testable import Transfer

@Suite("Splitting files")
struct SplitterTests {
    private static func elements(_ text: String, path: [String] = [], piece: Int = 1, limit: Int = 1000) throws
        -> [String]?
    {
        var splitter = ElementSplitter(path: path, byteCountLimit: limit)
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try splitter.feed(Array(bytes[start..<min(start + piece, bytes.count)]))
        }
        guard splitter.foundArray else { return nil }
        return splitter.takeElements().map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "an array is split into its elements, at any depth and with any piece size",
        arguments: [
            ("[]", [String]()),
            (#" [ {"a" : [1,2,{"b":"],[\"}"}]} , 7 ,"x y"]"#, [#"{"a":[1,2,{"b":"],[\"}"}]}"#, "7", #""x y""#]),
            ("[[],[[]]]", ["[]", "[[]]"]), (#"["\\","\\\""]"#, [#""\\""#, #""\\\"""#]), ("[1", []), ("[{},", ["{}"]),
        ])
    func array(text: String, elements: [String]) throws {
        for piece in [1, 2, 3, 1000] { #expect(try Self.elements(text, piece: piece) == elements) }
    }

    @Test(
        "only the array at the path is split",
        arguments: [
            (#"{"log":{"entries":[1,{"entries":[2]}]}}"#, ["1", #"{"entries":[2]}"#]),
            (
                #"{"x":{"log":{"entries":[1]}},"entries":[2],"log":{"pages":[3],"x":{"entries":[4]},"entries":[5]}}"#,
                ["5"]
            ),
            (#"{"log":{"a":"entries","b":[1],"entries":[2]}}"#, ["2"]),
            ("\n{ \"log\" :\n{ \"entries\" : [ 1 ] } }", ["1"]),
        ])
    func path(text: String, elements: [String]) throws {
        #expect(try Self.elements(text, path: ["log", "entries"]) == elements)
    }

    @Test(
        "a text without the array has no elements",
        arguments: [
            "", "{}", "[1]", #"{"log":[1]}"#, #"{"log":{"entries":{"a":[1]}}}"#, #"{"entries":[1]}"#, #""log""#,
        ])
    func none(text: String) throws {
        #expect(try Self.elements(text, path: ["log", "entries"]) == nil)
    }

    @Test("a too long element and an unopened bracket are rejected; any depth is accepted")
    func hostile() throws {
        #expect(throws: ElementSplitter.Failure.tooLong) {
            try Self.elements("[\"" + String(repeating: "x", count: 2000))
        }
        #expect(throws: ElementSplitter.Failure.unbalanced) { try Self.elements("]") }
        let deep = String(repeating: "[", count: 100_000)
        #expect(try Self.elements(deep, piece: 4096, limit: 1_000_000) == [])
        var splitter = ElementSplitter(path: [], byteCountLimit: 10)
        try splitter.feed(Array("[1,2".utf8))
        #expect(!splitter.isAtEnd)
        try splitter.feed(Array("]".utf8))
        #expect(splitter.isAtEnd)
    }

    @Test("lines are split, also a last one without a break; a too long one is reported")
    func lines() {
        for piece in [1, 3, 100] {
            var splitter = LineSplitter(byteCountLimit: 4)
            let bytes = Array("ab\n\nabcd\nabcde\nxyz".utf8)
            for start in stride(from: 0, to: bytes.count, by: piece) {
                splitter.feed(Array(bytes[start..<min(start + piece, bytes.count)]))
            }
            splitter.finish()
            #expect(
                splitter.takeLines() == [
                    .text(Array("ab".utf8)), .text([]), .text(Array("abcd".utf8)), .tooLong, .text(Array("xyz".utf8)),
                ])
        }
    }

    @Test(
        "the format is recognised by the first bytes",
        arguments: [
            (" [", ImportInput.Form.json), (#"{ "log" : {"#, .har), (#"{"callbox":1"#, .ndjson), ("", .ndjson),
            ("\u{feff}{\"log\":", .har), ("x", .ndjson),
        ])
    func form(text: String, form: ImportInput.Form) {
        #expect(ImportInput.form(of: Array(text.utf8)) == form)
    }
}
