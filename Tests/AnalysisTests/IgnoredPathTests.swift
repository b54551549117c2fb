import Testing

@testable import Analysis

@Suite("Ignored paths of a comparison")
struct NoisePathTests {
    private static let place = ValuePath.root.appending(.name("a")).appending(.index(2)).appending(.name("odd name"))

    @Test(
        "a path may contain the wildcards that filters accept",
        arguments: ["$.a[2]['odd name']", "$.a[*]['odd name']", "$.*[*].*", "$..odd name", "$.a[2].odd name"])
    func matches(text: String) throws {
        #expect(try #require(IgnoredPath(text)).matches(Self.place))
    }

    @Test(
        "a path that differs from the path of the value does not match",
        arguments: [
            "$.a[2]", "$.a[1]['odd name']", "$.*.*.*", "$..a", "$.a[2].odd", "$.b[2]['odd name']", "$[*][*][*]",
        ])
    func differs(text: String) throws {
        #expect(try !#require(IgnoredPath(text)).matches(Self.place))
    }

    @Test(
        "a malformed path, the root path and a path of 33 steps are rejected",
        arguments: [
            "", "$", "a", "$.", "$..", "$..*", "$..a.b", "$[", "$[]", "$[x]", "$[-1]", "$['']", "$.a.", "$.a..b",
            "$" + String(repeating: ".a", count: 33),
        ])
    func rejected(text: String) {
        #expect(IgnoredPath(text) == nil)
    }

    @Test("the text of a value's path is a valid ignored path")
    func written() throws {
        #expect(Self.place.text == "$.a[2]['odd name']")
        #expect(ValuePath.root.text == "$")
        #expect(try #require(IgnoredPath(Self.place.text)).matches(Self.place))
    }
}
