import StrictJSON
import Testing
import TextForms

@Suite("Values of a JSON text")
struct JSONValueTests {
    private static let text =
        #" { "o" : { "x" : [ ] } , "a" : [ 1 , "t\u00e9xt" ] , "n" : -0.50e+1 , "t" : true , "z" : null } "#

    @Test(
        "a value has one kind, and can be read only as that kind",
        arguments: [
            ("{}", .object, nil, nil, nil),
            ("[]", .array, nil, nil, nil),
            (#""text""#, .string, "text", nil, "text"),
            (#""""#, .string, "", nil, ""),
            (#""true""#, .string, "true", nil, "true"),
            ("1.50", .number, nil, nil, "1.50"),
            ("true", .boolean, nil, true, "true"),
            ("false", .boolean, nil, false, "false"),
            ("null", .null, nil, nil, nil),
        ] as [(String, JSONValue.Kind, String?, Bool?, String?)])
    func kinds(_ text: String, _ kind: JSONValue.Kind, _ string: String?, _ boolean: Bool?, _ scalarText: String?)
        throws
    {
        let root = try JSONDocument(text).root
        #expect(root.kind == kind)
        #expect(root.string == string)
        #expect(root.boolean == boolean)
        #expect(root.scalarText == scalarText)
    }

    @Test(
        "numbers keep every digit of their text",
        arguments: [
            "123456789012345678901234567890", "-0", "0.10", "1000.0400", "1E400", "-1e-400", "9007199254740993",
            "18446744073709551616", "3.141592653589793238462643383279",
        ])
    func numbers(_ text: String) throws {
        let root = try JSONDocument("[\(text)]").root
        #expect(root.elements.map(\.scalarText) == [text])
        #expect(root.elements.map(\.rawText) == [text])
    }

    @Test("a number of a million digits is read without computing its value")
    func longNumber() throws {
        let digits = String(repeating: "9", count: 1_000_000)
        #expect(try JSONDocument(digits).root.scalarText == digits)
    }

    @Test("the raw text of a value excludes the white space around it")
    func rawText() throws {
        let root = try JSONDocument(Self.text).root
        #expect(root.rawText == String(Self.text.dropFirst().dropLast()))
        #expect(root["o"]?.rawText == #"{ "x" : [ ] }"#)
        #expect(root["o"]?["x"]?.rawText == "[ ]")
        #expect(root["a"]?.rawText == #"[ 1 , "t\u00e9xt" ]"#)
        #expect(root["n"]?.rawText == "-0.50e+1")
        #expect(root["t"]?.rawText == "true")
        #expect(root["z"]?.rawText == "null")
        #expect(root["a"]?.elements.map(\.rawText) == ["1", #""t\u00e9xt""#])
        #expect(root["a"]?.elements.map(\.scalarText) == ["1", "téxt"])
    }

    @Test("array elements are complete and in order")
    func elements() throws {
        let root = try JSONDocument(#"[[1,[2]],{"a":[3]},[],{},"]",4]"#).root
        #expect(root.elements.map(\.rawText) == ["[1,[2]]", #"{"a":[3]}"#, "[]", "{}", #""]""#, "4"])
    }

    @Test("members are in order and have complete values")
    func members() throws {
        let root = try JSONDocument(#"{"a":[1,{"x":2}],"b":{},"c":{"d":"}"},"e":0}"#).root
        #expect(root.members.map(\.name) == ["a", "b", "c", "e"])
        #expect(root.members.map(\.value.rawText) == [#"[1,{"x":2}]"#, "{}", #"{"d":"}"}"#, "0"])
    }

    @Test("a value that is not an array has no elements", arguments: ["{}", #"{"a":[1]}"#, #""[1]""#, "1", "null"])
    func noArray(_ text: String) throws {
        #expect(try JSONDocument(text).root.elements.map(\.rawText) == [])
    }

    @Test("a value keeps its document in memory")
    func outlives() throws {
        func value() throws -> JSONValue? { try JSONDocument(#"{"a":{"b":"kept"}}"#).root["a"]?["b"] }
        #expect(try value()?.string == "kept")
    }
}
