import Testing

@testable import CallboxConfiguration

@Suite("Suggestions of the nearest name")
struct NearestNameTests {
    private static let providers = ["klavi", "certn", "ezid", "certificall"]

    @Test(
        "a word with a typo is matched to the nearest name",
        arguments: [
            ("klavy", "klavi"), ("kalvi", "klavi"), ("klvi", "klavi"), ("KLAVI", "klavi"), ("klavii", "klavi"),
            ("certificall", "certificall"), ("certifical", "certificall"), ("cretificall", "certificall"),
            ("certyfikall", "certificall"), ("ezd", "ezid"),
        ])
    func near(word: String, name: String) {
        #expect(NearestName.of(word, among: Self.providers) == name)
    }

    @Test(
        "a word unlike any name has no suggestion", arguments: ["", "xyz", "stripe", "kl", "certificates-of-all"])
    func far(word: String) {
        #expect(NearestName.of(word, among: Self.providers) == nil)
    }

    @Test("a word of at most one letter has no suggestion", arguments: ["", "a"])
    func short(word: String) {
        #expect(NearestName.of(word, among: ["n", "t", "ac", "abc"]) == nil)
    }

    @Test("without names there is no nearest name")
    func noNames() {
        #expect(NearestName.of("klavi", among: []) == nil)
    }

    @Test("the nearest name is suggested, or the first of two names that are equally near")
    func ties() {
        #expect(NearestName.of("bat", among: ["cat", "hat"]) == "cat")
        #expect(NearestName.of("routes", among: ["rotas", "route", "roots"]) == "route")
    }

    @Test(
        "an insertion, a deletion, a replacement and a swap of neighbours each count as one edit",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abxc", 1), ("abc", "ac", 1),
            ("abc", "axc", 1), ("abc", "acb", 1), ("abcd", "badc", 2), ("kitten", "sitting", 3), ("ca", "abc", 3),
        ])
    func distance(first: String, second: String, expected: Int) {
        #expect(NearestName.distance(first, second) == expected)
        #expect(NearestName.distance(second, first) == expected)
    }

    @Test("only the first 64 letters of words are compared")
    func longWords() {
        let long = String(repeating: "a", count: 64)
        #expect(NearestName.distance(long + "b", long + "c") == 0)
        #expect(
            NearestName.distance(String(repeating: "a", count: 100_000), String(repeating: "b", count: 100_000)) == 64)
    }
}
