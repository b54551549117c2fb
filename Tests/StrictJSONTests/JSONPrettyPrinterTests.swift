import StrictJSON
import TestKit
import Testing

@Suite("Formatting JSON")
struct JSONPrettyPrinterTests {
    @Test(
        "a text without nested values is one line",
        arguments: [
            (" null ", "null"), ("true", "true"), ("-1.50E+3", "-1.50E+3"), (#" "a" "#, #""a""#), ("[ ]", "[]"),
            ("{ }", "{}"),
        ])
    func oneLine(_ text: String, _ layout: String) throws {
        #expect(try JSONPrettyPrinter.print(JSONDocument(text)) == layout)
    }

    @Test("every element and member has its own line, indented by two spaces per level")
    func nested() throws {
        let text = #"{"a":[1,"two",[],{},[[3]],null],"b":{"c":{"d":true}},"e":[{"f":1,"g":2},{"h":[]}],"i":""}"#
        #expect(
            try JSONPrettyPrinter.print(JSONDocument(text)) == """
                {
                  "a": [
                    1,
                    "two",
                    [],
                    {},
                    [
                      [
                        3
                      ]
                    ],
                    null
                  ],
                  "b": {
                    "c": {
                      "d": true
                    }
                  },
                  "e": [
                    {
                      "f": 1,
                      "g": 2
                    },
                    {
                      "h": []
                    }
                  ],
                  "i": ""
                }
                """)
    }

    @Test("numbers and repeated names are unchanged")
    func verbatim() throws {
        #expect(
            try JSONPrettyPrinter.print(JSONDocument(#"{"a":1.00,"a":1e+0,"b":-0}"#)) == """
                {
                  "a": 1.00,
                  "a": 1e+0,
                  "b": -0
                }
                """)
    }

    @Test("control characters in names and values are never printed")
    func controlCharacters() throws {
        let text = "{\"\\u001b[31m\\n\":\"\\u0000\\u009b\\u2028\\\"\\\\/é\",\"\u{7f}\u{9b}\":\"\u{2029}\"}"
        #expect(
            try JSONPrettyPrinter.print(JSONDocument(text)) == #"""
                {
                  "\u001b[31m\n": "\u0000\u009b\u2028\"\\/é",
                  "\u007f\u009b": "\u2029"
                }
                """#)
    }

    @Test("the most deeply nested text that is accepted can be formatted")
    func deepest() throws {
        let depth = JSONDocument.depthLimit
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let lines = try JSONPrettyPrinter.print(JSONDocument(text)).split(separator: "\n")
        #expect(lines.count == 2 * depth - 1)
        #expect(lines[depth - 1] == String(repeating: " ", count: 2 * (depth - 1)) + "[]")
    }

    @Test("a formatted sample has the same values", arguments: Sample.withBody)
    func sameMeaning(_ sample: Sample) throws {
        let layout = try JSONPrettyPrinter.print(JSONDocument(parsing: sample.body))
        #expect(try ParsedJSON(layout) == ParsedJSON(sample.body))
        #expect(try JSONPrettyPrinter.print(JSONDocument(layout)) == layout)
    }
}
