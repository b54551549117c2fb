import StrictJSON
import Testing

@Suite("Names in JSON objects")
struct JSONNameTests {
    @Test("the last value of a repeated name is used, and both values are listed")
    func duplicates() throws {
        let root = try JSONDocument(#"{"a":1,"b":2,"a":3}"#).root
        #expect(root["a"]?.rawText == "3")
        #expect(root.members.map(\.name) == ["a", "b", "a"])
        #expect(root.members.map(\.value.rawText) == ["1", "2", "3"])
    }

    @Test("a name with escapes equals the name without escapes")
    func escapes() throws {
        let root = try JSONDocument(#"{"\u0061\/\"":1,"a":2}"#).root
        #expect(root["a/\""]?.rawText == "1")
        #expect(root["a"]?.rawText == "2")
        #expect(root[#"\u0061"#] == nil)
    }

    @Test("an escaped and a plain spelling of a name count as a repeated name")
    func escapedDuplicate() throws {
        let root = try JSONDocument(#"{"id":1,"\u0069d":2}"#).root
        #expect(root["id"]?.rawText == "2")
    }

    @Test("names that look the same but have different bytes are different names")
    func canonicallyEqual() throws {
        let composed = "caf\u{e9}"
        let decomposed = "cafe\u{301}"
        let root = try JSONDocument("{\"\(composed)\":1,\"\(decomposed)\":2}").root
        #expect(composed == decomposed, "Swift's own comparison would mix them up")
        #expect(root[composed]?.rawText == "1")
        #expect(root[decomposed]?.rawText == "2")
    }

    @Test(
        "names that differ in letter case, blanks or NUL are different names",
        arguments: ["Id", "ID", " id", "id ", "id\0", "i", "idd", ""])
    func otherNames(_ name: String) throws {
        let root = try JSONDocument(#"{"id":1}"#).root
        #expect(root[name] == nil)
        #expect(root["id"]?.rawText == "1")
    }

    @Test(
        "a value that is not an object has no members",
        arguments: [#""id""#, "[1]", #"[{"id":1}]"#, "1", "true", "null", "{}"])
    func noObject(_ text: String) throws {
        let root = try JSONDocument(text).root
        #expect(root["id"] == nil)
        #expect(root.members.map(\.name) == [])
    }

    @Test("members of inner objects are not members of the outer object")
    func innerMembers() throws {
        let root = try JSONDocument(#"{"a":{"id":1,"b":[{"id":2}]},"c":[{"id":3}]}"#).root
        #expect(root["id"] == nil)
        #expect(root.members.map(\.name) == ["a", "c"])
        #expect(root["a"]?["id"]?.rawText == "1")
    }
}
