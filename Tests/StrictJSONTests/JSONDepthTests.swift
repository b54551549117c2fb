import StrictJSON
import Testing

@Suite("JSON depth limit")
struct JSONDepthTests {
    @Test("a text with 512 levels is parsed, including the innermost value", arguments: [false, true])
    func deepest(objects: Bool) throws {
        let depth = JSONDocument.depthLimit
        let opening = objects ? #"{"a":"# : "["
        let document = try JSONDocument(
            String(repeating: opening, count: depth) + "7" + String(repeating: objects ? "}" : "]", count: depth))
        var value = document.root
        for _ in 0..<depth {
            var elements = value.elements
            value = try #require(objects ? value["a"] : elements.next())
        }
        #expect(value.rawText == "7")
    }

    @Test("a 513th level is rejected at its opening bracket", arguments: ["[", #"{"a":"#])
    func tooDeep(opening: String) throws {
        let error = try #require(throws: JSONSyntaxError.self) {
            try JSONDocument(String(repeating: opening, count: JSONDocument.depthLimit + 1))
        }
        #expect(error.reason == .tooDeep)
        #expect(error.offset == opening.utf8.count * JSONDocument.depthLimit)
    }

    @Test("100,000 levels are rejected without a stack overflow", arguments: ["[", #"{"a":"#, #"[{"a":"#])
    func hostile(opening: String) throws {
        let error = try #require(throws: JSONSyntaxError.self) {
            try JSONDocument(String(repeating: opening, count: 100_000))
        }
        #expect(error.reason == .tooDeep)
    }

    @Test("a level that was closed does not count towards the depth limit")
    func siblings() throws {
        let document = try JSONDocument("[" + Array(repeating: "[[]]", count: 1000).joined(separator: ",") + "]")
        #expect(document.root.elements.map(\.rawText).count == 1000)
    }
}

@Suite("JSON value limit")
struct JSONNodeLimitTests {
    /// An array that contains the number 1 `count` times. The text has `count` + 1 values, because the array is also a
    /// value.
    private static func array(of count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: UInt8(ascii: "1"), count: 2 * count + 1)
        for index in stride(from: 2, to: bytes.count, by: 2) { bytes[index] = UInt8(ascii: ",") }
        bytes[0] = UInt8(ascii: "[")
        bytes[bytes.count - 1] = UInt8(ascii: "]")
        return bytes
    }

    @Test("a text of exactly four million values is parsed")
    func most() throws {
        let document = try JSONDocument(parsing: Self.array(of: JSONDocument.nodeCountLimit - 1))
        #expect(document.root.kind == .array)
    }

    @Test("a text of more than four million values is rejected")
    func tooMany() throws {
        let error = try #require(throws: JSONSyntaxError.self) {
            try JSONDocument(parsing: Self.array(of: JSONDocument.nodeCountLimit))
        }
        #expect(error.reason == .tooManyValues)
    }
}
