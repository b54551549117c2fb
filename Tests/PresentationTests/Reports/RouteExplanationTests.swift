import CallboxConfiguration
import Deliveries
import Providers
import TestKit
import Testing

@testable import Presentation

@Suite("Explanation of the route for a type")
struct RouteExplanationTests {
    private static func lines(_ type: String, _ entries: [(String, String)]) throws -> [String] {
        var source = SourceSettings(name: "main", provider: KlaviProvider(), path: "/main")
        source.routes = try RouteTable(entries.map { RouteEntry(key: $0.0, topic: $0.1) })
        return RouteExplanation.lines(type: type, in: source)
    }

    @Test("a specific key matches the type")
    func specific() throws {
        #expect(
            try Self.lines("a", [("a", "topic-a"), ("b", "topic-b"), ("other", "rest")]) == [
                "a is filed under topic topic-a by rule 'specific'.", "Source main has a route for this type.",
            ])
    }

    @Test("the key 'other' matches the remaining types")
    func other() throws {
        #expect(
            try Self.lines("c", [("a", "topic-a"), ("b", "topic-b"), ("other", "rest")]) == [
                "c is filed under topic rest by rule 'other'.",
                "Source main has no route for this type, so 'other' applies (its routes are 'a', 'b', 'other').",
            ])
    }

    @Test("the key 'all' matches every type")
    func all() throws {
        #expect(
            try Self.lines("c", [("all", "reports")]) == [
                "c is filed under topic reports by rule 'all'.",
                "Source main has only the route 'all', which matches every type.",
            ])
    }

    @Test("a type that no key matches has no topic")
    func none() throws {
        #expect(
            try Self.lines("c", [("a", "topic-a"), ("b", "topic-b")]) == [
                "c is archived without a topic.",
                "Source main has routes for 'a', 'b', but no route for this type, 'other' or 'all'.",
                "'callbox list --unrouted' finds it.",
            ])
    }

    @Test("in a source without routes, no type has a topic")
    func noRoutes() throws {
        #expect(
            try Self.lines("c", []) == [
                "c is archived without a topic.", "Source main has no routes.", "'callbox list --unrouted' finds it.",
            ])
    }

    @Test("a type is matched exactly, and printed with control characters escaped")
    func hostile() throws {
        #expect(
            try Self.lines("a\u{200d}b", [("a\u{200d}b", "x\u{202e}y")]) == [
                "a\\u{200d}b is filed under topic x\\u{202e}y by rule 'specific'.",
                "Source main has a route for this type.",
            ])
        for line in try Self.lines(HostileText.sample, [(HostileText.sample + "x", "a")]) {
            #expect(HostileText.hostile(in: line).isEmpty)
        }
    }
}
