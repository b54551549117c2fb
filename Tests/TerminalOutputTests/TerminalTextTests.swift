import StrictJSON
import TestKit
import Testing

@testable import TerminalOutput

@Suite("Escaping stored text for a terminal")
struct TerminalTextTests {
    @Test(
        "characters that control a terminal or mislead the reader become visible escapes",
        arguments: [
            ("\u{0}", "\\u{0}"), ("\t", "\\u{9}"), ("\n", "\\u{a}"), ("\r\n", "\\u{d}\\u{a}"),
            ("\u{1b}[31m", "\\u{1b}[31m"),
            ("\u{1f}", "\\u{1f}"), ("\u{7f}", "\\u{7f}"), ("\u{80}", "\\u{80}"), ("\u{9b}2J", "\\u{9b}2J"),
            ("\u{9f}", "\\u{9f}"), ("\u{61c}", "\\u{61c}"), ("\u{200b}", "\\u{200b}"), ("a\u{200d}b", "a\\u{200d}b"),
            ("\u{200e}\u{200f}", "\\u{200e}\\u{200f}"), ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{202a}", "\\u{202a}"), ("\u{202e}", "\\u{202e}"), ("\u{2060}", "\\u{2060}"), ("\u{2066}", "\\u{2066}"),
            ("\u{2069}", "\\u{2069}"), ("\u{206f}", "\\u{206f}"), ("\u{feff}", "\\u{feff}"), ("\u{fff9}", "\\u{fff9}"),
            ("\u{1b}\u{301}", "\\u{1b}\u{301}"),
            ("a\u{ad}b", "a\\u{ad}b"), ("\u{3164}", "\\u{3164}"), ("\u{e0041}", "\\u{e0041}"),
            ("x\u{fe0f}", "x\\u{fe0f}"), ("before\u{7}after", "before\\u{7}after"),
        ])
    func escaped(text: String, expected: String) {
        #expect(Array(TerminalText.escape(text).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(
        "harmless text is unchanged",
        arguments: [
            "", " ", "plain", "é", "e\u{301}", "João", "日本語", "שלום", "🙂", "\u{a0}", "~", "\\u{1b}", "✓",
        ])
    func harmless(text: String) {
        #expect(Array(TerminalText.escape(text).unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test("only characters that control the terminal or are invisible are escaped")
    func everyCharacter() {
        let wrong = [UInt32(0)...0x1_1000, 0x1_bc00...0x1_d200, 0xe_0000...0xe_1000].joined().compactMap {
            Unicode.Scalar($0)
        }.filter { scalar in
            let isEscaped = !TerminalText.escape(String(scalar)).unicodeScalars.elementsEqual([scalar])
            return isEscaped != HostileText.isHostile(scalar)
        }
        #expect(wrong.isEmpty)
    }

    @Test(
        "escapeLines keeps line breaks and tabs",
        arguments: [
            ("", ""), ("a\nb", "a\nb"), ("\n", "\n"), ("a\n\nb\n", "a\n\nb\n"), ("\ta\t\tb\t", "\ta\t\tb\t"),
            ("a\r\nb", "a\\u{d}\nb"), ("a\rb", "a\\u{d}b"), ("\u{1b}[2J\n\t\u{202e}x", "\\u{1b}[2J\n\t\\u{202e}x"),
            ("a\n\u{301}b", "a\n\u{301}b"), ("a\u{2028}b", "a\\u{2028}b"),
        ])
    func lines(text: String, expected: String) {
        #expect(Array(TerminalText.escapeLines(text).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test("JSON is written on one line with the same meaning, and hostile characters are escaped")
    func jsonLine() throws {
        let inner = JSONString.quote("\u{1b}\n") + ",\r\n\t\"\u{9b}\u{202e}\u{200d}é🙂\u{7f}\u{2028}\u{feff}\""
        let json = JSONText.object([
            .init("string", .string(HostileText.sample)), .init("\u{202e}name", .null),
            .init("raw", .raw("[\(inner)]")),
        ])
        #expect(HostileText.hostile(in: json.line).isEmpty)
        #expect(try Self.texts(json.line) == Self.texts(json.compact))
        #expect(json.line.contains("é🙂"))
        #expect(JSONText.object([.init("a", .raw("{ \"b\" : 1 }"))]).line == #"{"a":{ "b" : 1 }}"#)
    }

    /// Every name and string of an object, as scalars. They are not parsed by Foundation, because it drops U+FEFF.
    private static func texts(_ json: String) throws -> [[Unicode.Scalar]] {
        try JSONDocument(parsing: Array(json.utf8)).root.members.flatMap { member in
            [member.name, member.value.string ?? ""] + member.value.elements.compactMap(\.string)
        }.map { Array($0.unicodeScalars) }
    }
}
