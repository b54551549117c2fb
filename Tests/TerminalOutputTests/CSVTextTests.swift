import StrictJSON
import TestKit
import Testing

@testable import TerminalOutput

@Suite("Comma-separated values")
struct CSVTextTests {
    @Test(
        "a value is quoted only if necessary",
        arguments: [
            ("", ""), ("plain", "plain"), ("two words", "two words"), ("é", "é"), ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("\"", "\"\"\"\""), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), ("a\r\nb", "\"a\r\nb\""), ("a;b", "a;b"),
            ("'a", "'a"), ("a=b", "a=b"), ("1-2", "1-2"), ("\"\u{301}", "\"\"\"\u{301}\""),
        ])
    func quoted(text: String, expected: String) {
        #expect(Array(CSVText.line([.string(text)]).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(
        "values that a spreadsheet interprets as a formula get a leading apostrophe",
        arguments: [
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""), ("\n=1", "\"'\n=1\""), ("=", "'="),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("=\u{301}", "'=\u{301}"), ("＝1", "'＝1"), ("＋1", "'＋1"), ("－1", "'－1"), ("＠x", "'＠x"),
        ])
    func formula(text: String, expected: String) {
        #expect(Array(CSVText.line([.string(text)]).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test("null is an empty cell, numbers and booleans are not quoted, and JSON is a quoted text")
    func types() {
        let line = CSVText.line([
            .null, .integer(42), .boolean(true), .raw(#"{"a":"b","c":[1,2]}"#), .string(""), .raw("\"=1\""), .raw("-1"),
        ])
        #expect(line == #",42,true,"{""a"":""b"",""c"":[1,2]}",,"""=1""",-1"#)
        #expect(CSVText.line([.integer(-7), .number(-1.5), .string("-7")]) == "-7,-1.5,'-7")
        #expect(CSVText.line([]) == "")
        #expect(CSVText.line([.null, .null]) == ",")
    }

    @Test(
        "cells for Excel are separated by semicolons, and Excel keeps all digits of identifiers",
        arguments: [
            ("a;b", "\"a;b\""), ("a,b", "a,b"), ("a\"b", "\"a\"\"b\""), ("=1", "'=1"), ("+55 11", "'+55 11"),
            ("0", "0"), ("", ""),
            ("39053344705", "39053344705"), ("01234567890", "\"=\"\"01234567890\"\"\""),
            ("390533447050", "\"=\"\"390533447050\"\"\""),
            ("٠١", "٠١"), ("0a", "0a"), ("0\"&A1", "\"0\"\"&A1\""),
        ])
    func excel(text: String, expected: String) {
        #expect(CSVText.line([.string(text), .integer(1)], .excel) == expected + ";1")
    }

    @Test(
        "a raw value is written as a number only if it is a JSON number", arguments: ["-1", "1.5e3", "-0.1", "12"])
    func numbers(text: String) {
        #expect(CSVText.line([.raw(text)]) == text)
        #expect(CSVText.line([.raw("-" + text + "-")]) == "'-\(text)-")
    }

    @Test("a string never extends beyond its cell", arguments: UInt64(0)..<32)
    func cells(seed: UInt64) throws {
        let alphabet: [Unicode.Scalar] = ["\"", ",", "\n", "\r", "=", "'", "a", "\u{301}", "\u{200d}", "é", "\u{0}"]
        var generator = SplitMix64(seed: seed)
        for _ in 0..<64 {
            let texts = (0..<3).map { _ in
                var text = ""
                for _ in 0..<Int.random(in: 0...6, using: &generator) {
                    text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
                }
                return text
            }
            let expected = texts.map { text in
                let isFormula = ["=", "\r", "\n"].contains(text.unicodeScalars.first)
                return Array(((isFormula ? "'" : "") + text).unicodeScalars)
            }
            try #require(Self.read(CSVText.line(texts.map { .string($0) })) == expected)
        }
    }

    /// The cells of one record, parsed by the grammar of RFC 4180; nil if the line violates the grammar.
    private static func read(_ line: String) -> [[Unicode.Scalar]]? {
        var cells: [[Unicode.Scalar]] = [[]]
        var rest = Array(line.unicodeScalars)[...]
        while true {
            if rest.first == "\"" {
                rest.removeFirst()
                while let next = rest.popFirst() {
                    guard next == "\"" else {
                        cells[cells.count - 1].append(next)
                        continue
                    }
                    guard rest.first == "\"" else { break }
                    cells[cells.count - 1].append("\"")
                    rest.removeFirst()
                }
            } else {
                let cell = rest.prefix { $0 != "," }
                guard !cell.contains(where: { ["\"", "\n", "\r"].contains($0) }) else { return nil }
                cells[cells.count - 1] = Array(cell)
                rest = rest.dropFirst(cell.count)
            }
            guard let separator = rest.popFirst() else { return cells }
            guard separator == "," else { return nil }
            cells.append([])
        }
    }
}
