import Deliveries
import Providers
import Testing

@testable import CallboxCommands

@Suite("Why a kind takes the rule it takes")
struct RouteExplanationTests {
    private static func lines(_ kind: String, _ entries: [(String, String)]) throws -> [String] {
        var source = SourceSettings(name: "main", provider: KlaviProvider(), path: "/main")
        source.routes = try RouteTable(entries.map { RouteEntry(key: $0.0, box: $0.1) })
        return RouteExplanation.lines(kind: kind, in: source)
    }

    @Test("a key that names the kind")
    func specific() throws {
        #expect(
            try Self.lines("a", [("a", "box-a"), ("b", "box-b"), ("other", "rest")]) == [
                "a is filed into box box-a by rule 'specific'.", "The key 'a' of source main names it.",
            ])
    }

    @Test("the rest")
    func other() throws {
        #expect(
            try Self.lines("c", [("a", "box-a"), ("b", "box-b"), ("other", "rest")]) == [
                "c is filed into box rest by rule 'other'.",
                "No key of source main names it, so 'other' takes it (the keys are 'a', 'b', 'other').",
            ])
    }

    @Test("everything")
    func all() throws {
        #expect(
            try Self.lines("c", [("all", "reports")]) == [
                "c is filed into box reports by rule 'all'.",
                "Source main has the single key 'all', which takes everything.",
            ])
    }

    @Test("keys, and none for the kind")
    func none() throws {
        #expect(
            try Self.lines("c", [("a", "box-a"), ("b", "box-b")]) == [
                "c is archived without a box.",
                "No key of source main names it (there are 'a', 'b'), and there is neither 'other' nor 'all'.",
                "'callbox list --unrouted' finds it.",
            ])
    }

    @Test("no keys")
    func noRoutes() throws {
        #expect(
            try Self.lines("c", []) == [
                "c is archived without a box.", "Source main has no routes.", "'callbox list --unrouted' finds it.",
            ])
    }

    @Test("a kind is looked for as it is, and shown without acting on a terminal")
    func hostile() throws {
        #expect(
            try Self.lines("a\u{200d}b", [("a\u{200d}b", "x\u{202e}y")]) == [
                "a\\u{200d}b is filed into box x\\u{202e}y by rule 'specific'.",
                "The key 'a\\u{200d}b' of source main names it.",
            ])
        for line in try Self.lines(HostileText.sample, [(HostileText.sample + "x", "a")]) {
            HostileText.expectHarmless(line)
        }
    }
}
