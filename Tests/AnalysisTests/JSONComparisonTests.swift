import StrictJSON
import Testing

@testable import Analysis

@Suite("Differences of two JSON texts")
struct JSONComparisonTests {
    private static func value(_ text: String) throws -> JSONValue {
        try JSONDocument(parsing: Array(text.utf8)).root
    }

    /// The differences as lines such as `+ path value`.
    private static func differences(
        _ before: String, _ after: String, ignored: [String] = [], byPosition: Bool = false
    ) throws -> [String] {
        var comparison = JSONComparison()
        comparison.ignored = ignored.compactMap { IgnoredPath($0) }
        comparison.matchesByPosition = byPosition
        var lines: [String] = []
        try comparison.forEachDifference(value(before), value(after)) { difference in
            let path = difference.path.text
            switch difference.change {
            case .added(let value): lines.append("+ \(path) \(value.rawText)")
            case .removed(let value): lines.append("- \(path) \(value.rawText)")
            case .changed(let old, let new): lines.append("~ \(path) \(old.rawText) \(new.rawText)")
            }
        }
        return lines
    }

    @Test(
        "equal values in different spellings do not differ",
        arguments: [
            (#"{"a":1,"b":2}"#, #"{ "b": 2, "a": 1 }"#), ("10", "10.0"), ("1e2", "100"), ("-0", "0.0"),
            ("1E-2", "0.010"),
            (#""a\u0062""#, #""ab""#), ("[]", "[ ]"), ("null", "null"), ("[1,[2]]", "[1.0,[2.0]]"),
            ("12345678901234567890.10", "12345678901234567890.1"), (#"{"a":1,"a":2}"#, #"{"a":2}"#),
            ("1e999999999999999999999", "1e999999999999999999999"),
        ])
    func same(before: String, after: String) throws {
        #expect(try Self.differences(before, after).isEmpty)
    }

    @Test(
        "different values differ",
        arguments: [
            ("10", "1"), ("1", "-1"), ("0", "null"), ("1", "\"1\""), ("true", "false"), ("[]", "{}"),
            ("\"a\"", "\"A\""),
            ("12345678901234567890", "12345678901234567891"), ("\"\u{e9}\"", "\"e\u{301}\""), ("1e2", "1e3"),
            ("1e999999999999999999999", "1e999999999999999999998"),
        ])
    func different(before: String, after: String) throws {
        #expect(try Self.differences(before, after) == ["~ $ \(before) \(after)"])
    }

    @Test("the order of members is ignored, and names that look alike are distinguished")
    func members() throws {
        #expect(
            try Self.differences(
                #"{"gone":1,"same":{"x":[1]},"kept":{"n":1},"odd name":2}"#,
                #"{"new":[1],"kept":{"n":2},"same":{"x":[1]},"odd name":3}"#)
                == ["- $.gone 1", "~ $.kept.n 1 2", "~ $['odd name'] 2 3", "+ $.new [1]"])
        #expect(try Self.differences("{\"\u{e9}\":1}", "{\"e\u{301}\":1}") == ["- $.\u{e9} 1", "+ $.e\u{301} 1"])
    }

    @Test("array elements are paired by identifier, even if their positions differ")
    func identified() throws {
        let before = #"{"a":[{"id":1,"v":1},{"id":2,"v":2},{"id":3,"v":3}]}"#
        let after = #"{"a":[{"id":3,"v":3},{"id":1,"v":9},{"id":4,"v":4}]}"#
        #expect(
            try Self.differences(before, after) == [
                "~ $.a[1].v 1 9", #"+ $.a[2] {"id":4,"v":4}"#, #"- $.a[1] {"id":2,"v":2}"#,
            ])
        #expect(try Self.differences(before, after, byPosition: true).first == "~ $.a[0].id 1 3")
    }

    @Test("array elements are paired by position if an identifier is missing or occurs twice")
    func byPosition() throws {
        #expect(try Self.differences("[1,2]", "[2]") == ["~ $[0] 1 2", "- $[1] 2"])
        #expect(
            try Self.differences(#"[{"id":1},{"id":1}]"#, #"[{"id":2}]"#) == ["~ $[0].id 1 2", #"- $[1] {"id":1}"#])
        #expect(try Self.differences(#"[{"id":1},{}]"#, #"[{"id":2},{}]"#) == ["~ $[0].id 1 2"])
        #expect(try Self.differences(#"[{"id":{}}]"#, #"[{"id":[]}]"#) == ["~ $[0].id {} []"])
        #expect(try Self.differences(#"[{"id":null,"linkId":7}]"#, #"[{"id":1,"linkId":7}]"#) == ["~ $[0].id null 1"])
    }

    @Test("an ignored path and everything below it are omitted and counted")
    func ignored() throws {
        let before = #"{"t":1,"a":[{"t":{"x":1},"v":1}],"u":1}"#
        let after = #"{"t":2,"a":[{"t":{"x":2},"v":2}],"w":1}"#
        #expect(try Self.differences(before, after, ignored: ["$..t"]) == ["~ $.a[0].v 1 2", "- $.u 1", "+ $.w 1"])
        #expect(try Self.differences(before, after, ignored: ["$.a[*].v", "$.t", "$.a[0].t", "$.u", "$.w"]).isEmpty)
        #expect(try Self.differences(before, after, ignored: ["$.*"]).isEmpty)
        var comparison = JSONComparison()
        comparison.ignored = [IgnoredPath(name: "t")]
        let count = try comparison.forEachDifference(Self.value(before), Self.value(after)) { _ in }
        #expect(count == 2)
        #expect(try comparison.forEachDifference(Self.value(#"{"t":1}"#), Self.value(#"{"t":1.0}"#)) { _ in } == 0)
    }

    @Test("the most deeply nested text that is accepted is compared completely")
    func depth() throws {
        let depth = JSONDocument.depthLimit
        func nested(_ value: String) -> String {
            String(repeating: "[", count: depth) + value + String(repeating: "]", count: depth)
        }
        #expect(try Self.differences(nested("1"), nested("2")) == ["~ $\(String(repeating: "[0]", count: depth)) 1 2"])
    }

    @Test("an object with too many members is compared as a whole, and an array with too many elements by position")
    func many() throws {
        let count = JSONMatching.countLimit + 1
        let elements = (0..<count).map { #"{"id":\#($0)}"# }.joined(separator: ",")
        #expect(try Self.differences("[\(elements)]", "[\(elements),1]") == ["+ $[\(count)] 1"])
        let members = (0..<count).map { #""n\#($0)":0"# }.joined(separator: ",")
        #expect(try Self.differences("{\(members)}", "{\(members)}").isEmpty)
        #expect(try Self.differences("{\(members)}", "{\(members),\"x\":1}").count == 1)
    }
}
