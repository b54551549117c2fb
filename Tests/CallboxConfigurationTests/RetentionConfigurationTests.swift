import Deliveries
import Testing

@testable import CallboxConfiguration
@testable import ReportIndex

@Suite("How long deliveries are kept, in a configuration file")
struct RetentionConfigurationTests {
    private static func parse(_ text: String) throws -> CallboxConfiguration {
        try ConfigurationFile.parse(text, file: "c.yaml")
    }

    private static func terms(_ settings: String) throws -> Retention.SourceTerms {
        try #require(try parse("sources:\n  klavi: {\(settings)}").sources.first).retention
    }

    private static func expect(_ yaml: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let failure = #expect(throws: ConfigurationError.self, sourceLocation: sourceLocation) { try parse(yaml) }
        #expect(failure?.isUnreadableFile == false, sourceLocation: sourceLocation)
        #expect(failure?.message == "c.yaml" + message, sourceLocation: sourceLocation)
    }

    @Test(
        "where nothing is said, everything is kept for ever", arguments: ["", "keep: ~", "states: ~", "routes: {a: b}"])
    func nothing(settings: String) throws {
        #expect(try Self.terms(settings) == Retention.SourceTerms())
        #expect(try Self.parse("sources: {klavi: {\(settings)}}").retention.isEmpty)
    }

    private static let goodTimes: [(String, Duration)] = [
        ("180d", .seconds(15_552_000)), ("36h", .seconds(129_600)), ("1y", .seconds(31_536_000)),
        ("5y", .seconds(157_680_000)), ("100y", .seconds(3_153_600_000)), ("90s", .seconds(90)),
        ("1500ms", .milliseconds(1500)),
    ]

    @Test("times in days, hours and years of 365 days", arguments: goodTimes)
    func times(text: String, duration: Duration) throws {
        #expect(try Self.terms("keep: \(text)").terms == Retention.Terms(keep: duration))
        #expect(try Self.terms("keep-metadata: \(text)").terms == Retention.Terms(keepMetadata: duration))
    }

    @Test("a source, its routes and its states have times of their own")
    func places() throws {
        let configuration = try Self.parse(
            """
            sources:
              klavi:
                keep: 180d
                keep-metadata: 5y
                states:
                  unverified: {keep: 30d, keep-metadata: 90d}
                  unrecognised: {keep: 1d}
                routes:
                  pf_credit_card:
                    topic: cards
                    keep: 2y
                  other: rest
              certn: {}
            """)
        let retention = configuration.retention
        #expect(Array(retention.sources.keys) == ["klavi"])
        let klavi = try #require(retention.sources["klavi"])
        let days = { (count: Int64) in Duration.seconds(count * 86_400) }
        #expect(klavi.terms == Retention.Terms(keep: days(180), keepMetadata: days(1825)))
        #expect(
            klavi.states == [
                .unverified: Retention.Terms(keep: days(30), keepMetadata: days(90)),
                .unrecognised: Retention.Terms(keep: days(1)),
            ])
        #expect(klavi.routes == ["pf_credit_card": Retention.Terms(keep: days(730))])
        #expect(configuration.sources[0].routes.route(forType: "pf_credit_card")?.topic == "cards")
    }

    @Test("every state is known by its name")
    func states() throws {
        for state in Retention.State.allCases {
            let terms = try Self.terms("states: {\(state.rawValue): {keep: 1d}}")
            #expect(terms.states == [state: Retention.Terms(keep: .seconds(86_400))])
        }
    }

    @Test(
        "a time that is none is rejected, with its line and key",
        arguments: [
            "0d", "0y", "101y", "-1d", "1.5y", "y", "180", "forever", "1 year", "999999999999999999999d",
        ])
    func noTime(text: String) {
        for key in ["keep", "keep-metadata"] {
            Self.expect(
                "sources:\n  klavi:\n    \(key): \(text)",
                ", line 3: sources.klavi.\(key) has to be a time such as 180d or 5y, not '\(text)'")
        }
    }

    @Test("what is rejected is told with its line and key")
    func rejections() {
        Self.expect(
            "sources:\n  klavi:\n    keep: 2d\n    keep-metadata: 1d",
            ", line 4: sources.klavi.keep-metadata is shorter than 'keep': a body is not kept without its delivery")
        Self.expect(
            "sources:\n  klavi:\n    states:\n      verifed: {keep: 1d}",
            ", line 4: sources.klavi.states does not know 'verifed'; did you mean 'verified'?")
        Self.expect(
            "sources:\n  klavi:\n    states:\n      verified:\n",
            ", line 4: sources.klavi.states.verified has to hold 'keep' or 'keep-metadata'")
        Self.expect(
            "sources:\n  klavi:\n    states:\n      verified: {kep: 1d}",
            ", line 4: sources.klavi.states.verified does not know 'kep'; did you mean 'keep'?")
        Self.expect(
            "sources:\n  klavi:\n    states: 5d", ", line 3: sources.klavi.states has to be a mapping of keys to values"
        )
        Self.expect(
            "sources:\n  klavi:\n    routes:\n      a:\n        topic: b\n        keep: x",
            ", line 6: sources.klavi.routes.a.keep has to be a time such as 180d or 5y, not 'x'")
        Self.expect(
            "sources:\n  klavi:\n    routes:\n      a: {topic: b, keep: 2d, keep-metadata: 1d}",
            ", line 4: sources.klavi.routes.a.keep-metadata is shorter than 'keep': a body is not kept without its delivery"
        )
        Self.expect(
            "sources:\n  klavi:\n    routes:\n      a: {keep: 2d}",
            ", line 4: sources.klavi.routes.a needs the name of a topic, up to 100 bytes without control characters")
        Self.expect(
            "sources:\n  klavi:\n    keep: [1d]", ", line 3: sources.klavi.keep has to be a single value")
    }
}

@Suite("What else a configuration file says of the archive")
struct ArchiveConfigurationTests {
    private static func parse(_ text: String) throws -> CallboxConfiguration {
        try ConfigurationFile.parse(text, file: "c.yaml")
    }

    @Test("a server trains dictionaries unless that is off")
    func dictionaries() throws {
        #expect(CallboxConfiguration().trainsDictionaries)
        #expect(try Self.parse("dictionaries: auto").trainsDictionaries)
        #expect(try Self.parse("dictionaries: off").trainsDictionaries == false)
        #expect(try Self.parse("dictionaries:").trainsDictionaries)
    }

    @Test("how far the index may fall behind")
    func lag() throws {
        let defaults = CallboxConfiguration().indexLag
        let lag = try Self.parse("index: {lag-count: 7, lag-age: 3s}").indexLag
        #expect(lag.count == 7)
        #expect(lag.age == .seconds(3))
        #expect(try Self.parse("index: {lag-count: 0}").indexLag.count == 0)
        #expect(try Self.parse("index: {lag-count: 100000000}").indexLag.age == defaults.age)
        #expect(try Self.parse("index:").indexLag.count == defaults.count)
    }

    @Test(
        "values that are none are rejected, with line and key",
        arguments: [
            ("dictionaries: maybe", ", line 1: dictionaries has to be 'auto' or 'off', not 'maybe'"),
            ("dictionaries: {}", ", line 1: dictionaries has to be a single value"),
            (
                "index:\n  lag-count: -1",
                ", line 2: index.lag-count has to be a whole number from 0 to 100000000, not '-1'"
            ),
            (
                "index:\n  lag-count: 100000001",
                ", line 2: index.lag-count has to be a whole number from 0 to 100000000, not '100000001'"
            ),
            ("index:\n  lag-age: 5", ", line 2: index.lag-age has to be a duration such as 20s, not '5'"),
            ("index:\n  lag: 5", ", line 2: index does not know 'lag'; known here: lag-count, lag-age"),
            ("index: 5", ", line 1: index has to be a mapping of keys to values"),
        ])
    func rejected(yaml: String, message: String) {
        let failure = #expect(throws: ConfigurationError.self) { try Self.parse(yaml) }
        #expect(failure?.isUnreadableFile == false)
        #expect(failure?.message == "c.yaml" + message)
    }
}
