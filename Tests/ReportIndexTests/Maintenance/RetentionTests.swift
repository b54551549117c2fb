import Deliveries
import Testing

@testable import Journal
@testable import ReportIndex

/// How long a delivery is kept, by what is configured and what it is.
@Suite struct RetentionTests {
    private typealias Report = (type: String, rule: String?)

    private static let income: Report = ("income", "specific")
    private static let events: Report = ("events", "specific")
    private static let other: Report = ("status", "other")
    private static let unrouted: Report = ("status", nil)
    private static let junk: Report = (ReportContent.unrecognisedType, nil)

    /// The days that a delivery's body is kept, and where that is from.
    private static func keep(
        _ reports: [Report], verification: String = "verified", source: String = "klavi",
        _ adjust: (inout Retention.SourceTerms) -> Void
    ) -> String {
        var terms = Retention.SourceTerms()
        adjust(&terms)
        let retention = Retention(sources: ["klavi": terms])
        let term = retention.terms(
            for: Retention.Subject(source: source, verification: verification, reports: reports)
        ).keep
        return (term.duration.map { "\($0.components.seconds / 86_400)" } ?? "for ever") + ", " + term.origin
    }

    private static func body(_ days: Int64) -> Retention.Terms {
        Retention.Terms(keep: .days(days))
    }

    @Test("where nothing is said, everything is kept for ever")
    func nothing() {
        #expect(Self.keep([Self.income]) { _ in } == "for ever, nothing says otherwise")
        #expect(Retention().isEmpty)
        #expect(Retention(sources: ["klavi": Retention.SourceTerms()]).isEmpty)
    }

    @Test("what is said of one source says nothing of another")
    func otherSource() {
        let kept = Self.keep([Self.income], source: "certn") { $0.terms = Self.body(1) }
        #expect(kept == "for ever, nothing says otherwise")
    }

    @Test("a source's own terms hold for what no route and no state has terms for")
    func source() {
        let kept = Self.keep([Self.income]) {
            $0.terms = Self.body(30)
            $0.routes["events"] = Self.body(1)
            $0.states[.failed] = Self.body(2)
        }
        #expect(kept == "30, its source")
    }

    @Test("the terms of a state go before those of the source, however long these are")
    func state() {
        let kept = Self.keep([Self.income], verification: "expired") {
            $0.terms = Self.body(30)
            $0.states[.expired] = Self.body(2)
        }
        #expect(kept == "2, state expired")
    }

    @Test("the terms of a route go before those of states and source")
    func route() {
        let kept = Self.keep([Self.income], verification: "expired") {
            $0.terms = Self.body(30)
            $0.states[.expired] = Self.body(20)
            $0.routes["income"] = Self.body(1)
        }
        #expect(kept == "1, route income")
    }

    @Test("a report that the rule for others or for all took is that route's, not that of its type")
    func routeKeys() {
        let terms = { (terms: inout Retention.SourceTerms) in
            terms.routes = ["status": Self.body(1), "other": Self.body(2), "all": Self.body(3)]
        }
        #expect(Self.keep([Self.other], terms) == "2, route other")
        #expect(Self.keep([("status", "all")], terms) == "3, route all")
        #expect(Self.keep([("status", "specific")], terms) == "1, route status")
        #expect(Self.keep([Self.unrouted], terms) == "for ever, nothing says otherwise")
    }

    @Test("the longest of several reports holds, and for ever is longer than anything")
    func longestReport() {
        let routes: [String: Retention.Terms] = ["income": Self.body(3), "events": Self.body(9)]
        for reports in [[Self.income, Self.events], [Self.events, Self.income]] {
            #expect(Self.keep(reports) { $0.routes = routes } == "9, route events")
        }
        let kept = Self.keep([Self.income, Self.unrouted]) { $0.routes = routes }
        #expect(kept == "for ever, nothing says otherwise")
    }

    @Test("the longest of several states holds")
    func longestState() {
        let kept = Self.keep([Self.junk], verification: "unverified") {
            $0.terms = Self.body(99)
            $0.states = [.unverified: Self.body(3), .unrouted: Self.body(5), .unrecognised: Self.body(4)]
        }
        #expect(kept == "5, state unrouted")
    }

    @Test("a delivery that brought no report counts as one that was not recognised")
    func noReport() {
        #expect(Self.keep([]) { $0.states[.unrecognised] = Self.body(7) } == "7, state unrecognised")
    }

    @Test("body and rest are looked up apart: a route's 'keep' leaves 'keep-metadata' to the source")
    func parts() {
        var terms = Retention.SourceTerms()
        terms.terms = Retention.Terms(keep: .days(9), keepMetadata: .days(99))
        terms.routes["income"] = Self.body(1)
        let found = Retention(sources: ["klavi": terms]).terms(
            for: Retention.Subject(source: "klavi", verification: "verified", reports: [Self.income]))
        #expect(found.keep.duration == .days(1))
        #expect(found.keepMetadata.duration == .days(99))
    }
}
