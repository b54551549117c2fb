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

    @Test("without terms every delivery is kept for ever")
    func nothing() {
        #expect(Self.keep([Self.income]) { _ in } == "for ever, nothing says otherwise")
        #expect(Retention().isEmpty)
        #expect(Retention(sources: ["klavi": Retention.SourceTerms()]).isEmpty)
    }

    @Test("terms of one source do not apply to another")
    func otherSource() {
        let kept = Self.keep([Self.income], source: "certn") { $0.terms = Self.body(1) }
        #expect(kept == "for ever, nothing says otherwise")
    }

    @Test("terms of a source apply if neither route nor state has terms")
    func source() {
        let kept = Self.keep([Self.income]) {
            $0.terms = Self.body(30)
            $0.routes["events"] = Self.body(1)
            $0.states[.failed] = Self.body(2)
        }
        #expect(kept == "30, its source")
    }

    @Test("terms of a state override those of the source, even longer ones")
    func state() {
        let kept = Self.keep([Self.income], verification: "expired") {
            $0.terms = Self.body(30)
            $0.states[.expired] = Self.body(2)
        }
        #expect(kept == "2, state expired")
    }

    @Test("terms of a route override those of states and source")
    func route() {
        let kept = Self.keep([Self.income], verification: "expired") {
            $0.terms = Self.body(30)
            $0.states[.expired] = Self.body(20)
            $0.routes["income"] = Self.body(1)
        }
        #expect(kept == "1, route income")
    }

    @Test("a report filed by 'other' or 'all' has the terms of that route")
    func routeKeys() {
        let terms = { (terms: inout Retention.SourceTerms) in
            terms.routes = ["status": Self.body(1), "other": Self.body(2), "all": Self.body(3)]
        }
        #expect(Self.keep([Self.other], terms) == "2, route other")
        #expect(Self.keep([("status", "all")], terms) == "3, route all")
        #expect(Self.keep([("status", "specific")], terms) == "1, route status")
        #expect(Self.keep([Self.unrouted], terms) == "for ever, nothing says otherwise")
    }

    @Test("the longest term of several reports applies, and for ever is the longest")
    func longestReport() {
        let routes: [String: Retention.Terms] = ["income": Self.body(3), "events": Self.body(9)]
        for reports in [[Self.income, Self.events], [Self.events, Self.income]] {
            #expect(Self.keep(reports) { $0.routes = routes } == "9, route events")
        }
        let kept = Self.keep([Self.income, Self.unrouted]) { $0.routes = routes }
        #expect(kept == "for ever, nothing says otherwise")
    }

    @Test("the longest term of several states applies")
    func longestState() {
        let kept = Self.keep([Self.junk], verification: "unverified") {
            $0.terms = Self.body(99)
            $0.states = [.unverified: Self.body(3), .unrouted: Self.body(5), .unrecognised: Self.body(4)]
        }
        #expect(kept == "5, state unrouted")
    }

    @Test("a delivery without a report counts as unrecognised")
    func noReport() {
        #expect(Self.keep([]) { $0.states[.unrecognised] = Self.body(7) } == "7, state unrecognised")
    }

    @Test("'keep' and 'keep-metadata' are resolved separately")
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
