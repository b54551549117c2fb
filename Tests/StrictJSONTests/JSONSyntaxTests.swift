import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("The grammar of RFC 8259")
struct JSONSyntaxTests {
    @Test(
        "Callbox and Foundation accept the texts that the grammar allows",
        arguments: [
            // Literals and whitespace.
            "true", "false", "null", " \t\r\nnull \t\r\n",
            // Numbers.
            "0", "-0", "1", "-1", "10", "9007199254740993", "0.0", "-0.5", "10.25", "1e2", "1E2", "1e+2", "1e-2", "0e0",
            "1.5E-10", "123456789012345678901234567890", "0.1000000000000000055511151231257827",
            // Strings.
            #""""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0041""#, #""\uabcd\uABCD""#, #""\ud83d\ude00""#, "\"é€😀\"",
            "\"\u{7f}\"", #""\u0000""#, "\"\u{2028}\u{2029}\"",
            // Arrays.
            "[]", "[ ]", "[1]", "[1,2]", " [ 1 , [ ] , { } ] ", "[[[[]]]]", "[null,true,false,\"\",0]",
            // Objects.
            "{}", "{ }", #"{"a":1}"#, #"{"":""}"#, #" { "a" : [ { "b" : { } } ] , "c" : null } "#, #"{"a":1,"a":2}"#,
        ])
    func accepts(_ text: String) throws {
        let document = try JSONDocument(text)
        #expect(document.root.rawText == text.trimmingCharacters(in: .whitespacesAndNewlines))
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }

    @Test(
        "invalid text is rejected with the reason and the position",
        arguments: [
            ("", .empty, 0),
            (" \n", .empty, 2),
            // Literals.
            ("tru", .unexpectedEnd, 0),
            ("trux", .unexpectedByte, 3),
            ("True", .unexpectedByte, 0),
            ("TRUE", .unexpectedByte, 0),
            ("truefalse", .trailingBytes, 4),
            ("[nul]", .unexpectedByte, 4),
            ("NaN", .unexpectedByte, 0),
            ("nan", .unexpectedByte, 1),
            ("Infinity", .unexpectedByte, 0),
            ("undefined", .unexpectedByte, 0),
            // Numbers.
            ("-", .badNumber, 0),
            ("+1", .unexpectedByte, 0),
            (".5", .unexpectedByte, 0),
            ("1.", .badNumber, 0),
            ("-.5", .badNumber, 0),
            ("01", .badNumber, 0),
            ("-01", .badNumber, 0),
            ("00", .badNumber, 0),
            ("1e", .badNumber, 0),
            ("1e+", .badNumber, 0),
            ("1e-", .badNumber, 0),
            ("1.e2", .badNumber, 0),
            ("--1", .badNumber, 0),
            ("-Infinity", .badNumber, 0),
            ("[1.]", .badNumber, 1),
            ("0x10", .trailingBytes, 1),
            ("1_000", .trailingBytes, 1),
            ("1 2", .trailingBytes, 2),
            ("1e2.5", .trailingBytes, 3),
            // Strings.
            ("\"", .unexpectedEnd, 1),
            ("\"abc", .unexpectedEnd, 4),
            ("\"\\", .unexpectedEnd, 1),
            ("\"\\\"", .unexpectedEnd, 3),
            (#""\a""#, .badEscape, 1),
            (#""\x41""#, .badEscape, 1),
            (#""\'""#, .badEscape, 1),
            (#""\U0041""#, .badEscape, 1),
            (#""\u00g0""#, .badEscape, 1),
            (#""\u-041""#, .badEscape, 1),
            (#""\u12""#, .badEscape, 1),
            (#""\u12"#, .unexpectedEnd, 1),
            (#""\u"#, .unexpectedEnd, 1),
            ("\"\u{0}\"", .controlInString, 1),
            ("\"a\n\"", .controlInString, 2),
            ("\"\t\"", .controlInString, 1),
            ("\"\u{1f}\"", .controlInString, 1),
            ("'a'", .unexpectedByte, 0),
            // Arrays.
            ("[", .unexpectedEnd, 1),
            ("]", .unexpectedByte, 0),
            ("[1", .unexpectedEnd, 2),
            ("[1,", .unexpectedEnd, 3),
            ("[1,]", .unexpectedByte, 3),
            ("[,1]", .unexpectedByte, 1),
            ("[1,,2]", .unexpectedByte, 3),
            ("[1 2]", .unexpectedByte, 3),
            ("[1}", .unexpectedByte, 2),
            ("[]]", .trailingBytes, 2),
            ("[:]", .unexpectedByte, 1),
            // Objects.
            ("{", .unexpectedEnd, 1),
            ("}", .unexpectedByte, 0),
            ("{]", .unexpectedByte, 1),
            (#"{"a""#, .unexpectedEnd, 4),
            (#"{"a":"#, .unexpectedEnd, 5),
            (#"{"a":1"#, .unexpectedEnd, 6),
            (#"{"a"}"#, .unexpectedByte, 4),
            (#"{"a" 1}"#, .unexpectedByte, 5),
            (#"{"a":}"#, .unexpectedByte, 5),
            (#"{"a":1,}"#, .unexpectedByte, 7),
            (#"{,"a":1}"#, .unexpectedByte, 1),
            (#"{"a":1 "b":2}"#, .unexpectedByte, 7),
            (#"{"a":1]"#, .unexpectedByte, 6),
            ("{a:1}", .unexpectedByte, 1),
            ("{1:1}", .unexpectedByte, 1),
            ("{null:1}", .unexpectedByte, 1),
            // Invalid texts that some other JSON parsers accept.
            ("{} {}", .trailingBytes, 3),
            ("1 // one", .trailingBytes, 2),
            ("/* one */ 1", .unexpectedByte, 0),
            ("null\u{0}", .trailingBytes, 4),
            ("\u{0}null", .unexpectedByte, 0),
            ("\u{feff}", .empty, 3), ("\u{feff}\u{feff}null", .unexpectedByte, 3), ("null\u{feff}", .trailingBytes, 4),
            (" \u{feff}null", .unexpectedByte, 1), ("\u{fffe}null", .unexpectedByte, 0),
            ("\u{a0}null", .unexpectedByte, 0),
            ("\u{b}null", .unexpectedByte, 0),
            ("\u{c}null", .unexpectedByte, 0),
        ] as [(String, JSONSyntaxError.Reason, Int)])
    func refuses(_ text: String, _ reason: JSONSyntaxError.Reason, _ offset: Int) throws {
        let error = try #require(throws: JSONSyntaxError.self) { try JSONDocument(text) }
        #expect(error.reason == reason)
        #expect(error.offset == offset)
        #expect(error.description == "\(reason.rawValue), at byte \(offset)")
    }

    @Test("within a string every control character is rejected, and every other ASCII character is accepted")
    func controlCharacters() throws {
        for byte in UInt8(0)..<0x20 {
            let error = try #require(throws: JSONSyntaxError.self) {
                try JSONDocument(parsing: [UInt8(ascii: "\""), byte, UInt8(ascii: "\"")])
            }
            #expect(error.reason == .controlInString)
        }
        for byte in UInt8(0x20)...0x7f where byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
            let document = try JSONDocument(parsing: [UInt8(ascii: "\""), byte, UInt8(ascii: "\"")])
            #expect(document.root.string?.utf8.elementsEqual([byte]) == true)
        }
    }

    @Test("every proper prefix of a sample's body is rejected", arguments: Sample.withBody)
    func truncated(_ sample: Sample) throws {
        let body = sample.body
        let step = max(1, body.count / 200)
        for count in stride(from: 0, to: body.count, by: step) {
            let error = try #require(throws: JSONSyntaxError.self) { try JSONDocument(parsing: Array(body[..<count])) }
            #expect(
                error.reason == .unexpectedEnd || error.reason == .badNumber || count == 0 && error.reason == .empty)
        }
    }
}

extension JSONDocument {
    /// Parses a text in UTF-8.
    convenience init(_ text: String) throws(JSONSyntaxError) {
        try self.init(parsing: Array(text.utf8))
    }
}
