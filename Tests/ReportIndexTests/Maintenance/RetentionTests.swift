import Deliveries
import Testing

@testable import Journal
@testable import ReportIndex

@Suite struct RetentionTests {
    private typealias Report = (type: String, rule: String?)

    private static let income: Report = ("income", "specific")
    private static let events: Report = ("events", "specific")
    private static let unrouted: Report = ("status", nil)
    private static let junk: Report = (ReportContent.unrecognisedType, nil)
    private static let forEver = "for ever, no setting"

    private static func body(_ days: Int64) -> Retention.Terms {
        Retention.Terms(keep: .days(days))
    }

    /// Terms for one source. `source` is the number of days for the source itself.
    private static func terms(
        source: Int64? = nil, routes: [String: Int64] = [:], states: [Retention.State: Int64] = [:]
    ) -> Retention.SourceTerms {
        var terms = Retention.SourceTerms()
        terms.terms.keep = source.map(Duration.days)
        terms.routes = routes.mapValues(body)
        terms.states = states.mapValues(body)
        return terms
    }

    /// The number of days for which a delivery's body is kept, and the setting that determines this number.
    private static func keep(
        _ reports: [Report], _ verification: String, source: String = "klavi", _ terms: Retention.SourceTerms
    ) -> String {
        let subject = Retention.Subject(source: source, verification: verification, reports: reports)
        let term = Retention(sources: ["klavi": terms]).terms(for: subject).keep
        return (term.duration.map { "\($0.components.seconds / 86_400)" } ?? "for ever") + ", " + term.origin
    }

    private static let byKey: [String: Int64] = ["status": 1, "other": 2, "all": 3]
    private static let longerEvents: [String: Int64] = ["income": 3, "events": 9]

    private static let cases: [(String, [Report], String, Retention.SourceTerms, expected: String)] = [
        ("no terms", [income], "verified", terms(), forEver),
        (
            "source, if neither route nor state has terms", [income], "verified",
            terms(source: 30, routes: ["events": 1], states: [.failed: 2]), "30, the source"
        ),
        (
            "state before source, even if the source keeps longer", [income], "expired",
            terms(source: 30, states: [.expired: 2]), "2, state expired"
        ),
        (
            "route before state and source", [income], "expired",
            terms(source: 30, routes: ["income": 1], states: [.expired: 20]), "1, route income"
        ),
        ("route 'other'", [("status", "other")], "verified", terms(routes: byKey), "2, route other"),
        ("route 'all'", [("status", "all")], "verified", terms(routes: byKey), "3, route all"),
        ("route of the type", [("status", "specific")], "verified", terms(routes: byKey), "1, route status"),
        ("no route", [unrouted], "verified", terms(routes: byKey), forEver),
        ("longest of two reports", [income, events], "verified", terms(routes: longerEvents), "9, route events"),
        ("in any order", [events, income], "verified", terms(routes: longerEvents), "9, route events"),
        ("for ever is the longest", [income, unrouted], "verified", terms(routes: longerEvents), forEver),
        (
            "longest of several states", [junk], "unverified",
            terms(source: 99, states: [.unverified: 3, .unrouted: 5, .unrecognised: 4]), "5, state unrouted"
        ),
        (
            "no report counts as unrecognised", [], "verified", terms(states: [.unrecognised: 7]),
            "7, state unrecognised"
        ),
    ]

    @Test("a body is kept for the longest time among its most specific terms", arguments: cases.indices)
    func term(index: Int) {
        let (name, reports, verification, terms, expected) = Self.cases[index]
        #expect(Self.keep(reports, verification, terms) == expected, "\(name)")
    }

    @Test("the terms of one source do not apply to another source, and empty terms are ignored")
    func otherSource() {
        #expect(Self.keep([Self.income], "verified", source: "certn", Self.terms(source: 1)) == Self.forEver)
        #expect(Retention().isEmpty)
        #expect(Retention(sources: ["klavi": Retention.SourceTerms()]).isEmpty)
    }

    @Test("'keep' and 'keep-metadata' are resolved separately")
    func parts() {
        var terms = Self.terms(source: 9, routes: ["income": 1])
        terms.terms.keepMetadata = .days(99)
        let found = Retention(sources: ["klavi": terms]).terms(
            for: Retention.Subject(source: "klavi", verification: "verified", reports: [Self.income]))
        #expect(found.keep.duration == .days(1))
        #expect(found.keepMetadata.duration == .days(99))
    }
}
