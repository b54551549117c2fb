import Foundation
import Testing

@testable import ProviderSandbox

@Suite("JSON with its members in order")
struct JSONTests {
    private static func text(_ value: JSON) -> String { String(decoding: value.bytes, as: UTF8.self) }

    private static func parsed(_ text: String) -> JSON? { JSON(parsing: Array(text.utf8)) }

    @Test("members are written in the order they were given, without white space")
    func order() {
        let value: JSON = ["b": 1, "a": [true, nil, "x", ["z": 0, "y": -1]], "": false]
        #expect(Self.text(value) == #"{"b":1,"a":[true,null,"x",{"z":0,"y":-1}],"":false}"#)
    }

    @Test("what is parsed keeps its order and is written back the same")
    func roundTrip() {
        let value = Self.parsed(#" { "b" : [ 1 , 2.5, "é" ] , "a" : { "d" : null, "c" : true } } "#)
        #expect(value.map(Self.text) == #"{"b":[1,2.5,"é"],"a":{"d":null,"c":true}}"#)
        #expect(value.flatMap { JSON(parsing: $0.bytes) } == value)
    }

    @Test("a Boolean is no number, and a number no Boolean")
    func booleans() {
        #expect(Self.parsed("[true,false,1,0]") == [true, false, 1, 0])
        #expect(Self.parsed("true")?.bool == true)
        #expect(Self.parsed("true")?.integer == nil)
        #expect(Self.parsed("1")?.bool == nil)
        #expect(Self.parsed("1")?.integer == 1)
        #expect(Self.parsed("1.5")?.integer == nil)
        #expect(Self.parsed("-9007199254740993")?.integer == -9_007_199_254_740_993)
    }

    @Test(
        "what JSON has no plain character for is escaped, and read back",
        arguments: [
            ("\"\\/", #""\"\\/""#), ("\n\r\t", #""\n\r\t""#), ("\u{0}\u{1}\u{1f}", #""\u0000\u0001\u001f""#),
            ("é🐘\u{2028}\u{7f}", "\"é🐘\u{2028}\u{7f}\""), ("", #""""#),
        ])
    func escapes(string: String, text: String) {
        #expect(Self.text(.string(string)) == text)
        #expect(Self.text([string: 1] as JSON).hasPrefix("{" + text))
        #expect(Self.parsed(text)?.string == string)
    }

    @Test(
        "fragments are values",
        arguments: [("null", .null), ("\"a\"", .string("a")), ("[]", .array([])), ("{}", .object([]))]
            as [(String, JSON)])
    func fragments(text: String, value: JSON) {
        #expect(Self.parsed(text) == value)
    }

    @Test("a member is read by its name, an element is not")
    func access() {
        let value: JSON = ["a": "x", "b": [1], "c": ["d": nil]]
        #expect(value["a"]?.string == "x")
        #expect(value["b"]?.elements == [1])
        #expect(value["c"]?.members == [JSON.Member("d", .null)])
        #expect(value["c"]?["d"] == .null)
        #expect(value["x"] == nil)
        #expect(value["b"]?["0"] == nil)
        #expect(value.string == nil && value.elements == nil && value["a"]?.members == nil)
    }

    @Test("a member is put in the place of its namesake, or at the end")
    func setting() {
        let value: JSON = ["a": 1, "b": 2]
        #expect(Self.text(value.setting("a", 3).setting("c", nil)) == #"{"a":3,"b":2,"c":null}"#)
        #expect(JSON.string("x").setting("a", 1) == "x")
        #expect(JSON.optional(nil) == .null)
        #expect(JSON.optional("") == "")
        #expect(JSON.integer(UInt64.max) == .number("18446744073709551615"))
    }

    @Test(
        "JSON keeps its order, its numbers and its text",
        arguments: [
            #"{"z":1.0,"a":[1e5,-0,{"é":"ü","b":null}],"m":{}}"#, #"[]"#, #"{"a":"\"x\\"}"#, #""text""#, "5",
            #"[true,false,null,[[]]]"#, #"{"a,:{}[]":"]}"}"#, "12345678901234567890.123456789",
        ])
    func keeps(text: String) throws {
        let json = try #require(JSON(parsing: Array(text.utf8)))
        #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    }

    @Test("White space goes, escapes are read, and of equal names the last value stays in the first place")
    func normalises() throws {
        let text = " {\"b\" : 1 ,\n\"a\":\"\\u00e9\\/\\ud83d\\ude00\", \"b\":2 }\t"
        let json = try #require(JSON(parsing: Array(text.utf8)))
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"b":2,"a":"é/😀"}"#)
    }

    @Test(
        "What is not JSON is nothing",
        arguments: ["", " ", "{", "{\"a\"}", "[1", "[1}", "\"a", "{\"a\":tru}", "{\"a\":1}{", "\u{0}", "nul"])
    func refuses(text: String) {
        #expect(JSON(parsing: Array(text.utf8)) == nil)
    }

    @Test("Bytes that are no UTF-8 and nesting without end are nothing")
    func refusesBytes() {
        #expect(JSON(parsing: [0x22, 0xff, 0x22]) == nil)
        #expect(JSON(parsing: Array(repeating: UInt8(ascii: "["), count: 100_000)) == nil)
        let deep =
            Array(repeating: UInt8(ascii: "["), count: 100_000) + Array(repeating: UInt8(ascii: "]"), count: 100_000)
        #expect(JSON(parsing: deep) == nil)
        #expect(JSON(parsing: Array("{\"a\":1}".data(using: .utf16) ?? Data())) == nil)
    }
}
