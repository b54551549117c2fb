import StrictJSON
import Testing

@Suite("Writing JSON")
struct JSONTextTests {
    @Test(
        "a value is written on one line without blanks",
        arguments: [
            (.null, "null"),
            (.boolean(true), "true"),
            (.boolean(false), "false"),
            (.integer(0), "0"),
            (.integer(.max), "9223372036854775807"),
            (.integer(.min), "-9223372036854775808"),
            (.string("é \"\n"), #""é \"\n""#),
            (.object([]), "{}"),
            (.array([]), "[]"),
            (.array([.integer(1), .array([]), .null]), "[1,[],null]"),
            (.raw(#"{"a": 1}"#), #"{"a": 1}"#),
            (.optional(nil), "null"),
            (.optional("text"), #""text""#),
        ] as [(JSONText, String)])
    func compact(_ text: JSONText, _ written: String) {
        #expect(text.compact == written)
    }

    @Test("members keep their order, repeated members are kept, and names are escaped")
    func object() {
        let text = JSONText.object([
            .init("b", .integer(1)), .init("a", .object([.init("\"\u{1b}", .raw("[1, 2]"))])), .init("b", .string("")),
        ])
        #expect(text.compact == #"{"b":1,"a":{"\"\u001b":[1, 2]},"b":""}"#)
    }

    @Test(
        "a number is unchanged after writing and reading, and its text is always JSON",
        arguments: [0, -0.0, 0.1, 1, -1.5, 1e21, 1e-7, 1e300, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .pi])
    func numbers(_ number: Double) throws {
        let written = JSONText.number(number).compact
        let root = try JSONDocument(written).root
        #expect(root.kind == .number)
        #expect(Double(root.rawText)?.bitPattern == number.bitPattern)
    }

    @Test("a number that JSON cannot represent is written as null", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(_ number: Double) {
        #expect(JSONText.number(number).compact == "null")
    }
}
