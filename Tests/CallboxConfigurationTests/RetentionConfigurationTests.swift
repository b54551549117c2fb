import Deliveries
import Journal
import Testing

@testable import CallboxConfiguration
@testable import ReportIndex

@Suite("Retention settings of a configuration file")
struct RetentionConfigurationTests {
    private static func parse(_ text: String) throws -> CallboxConfiguration {
        try ConfigurationFile.parse(text, file: "c.yaml")
    }

    private static func terms(_ settings: String) throws -> Retention.SourceTerms {
        try #require(try parse("sources:\n  klavi: {\(settings)}").sources.first).retention
    }

    @Test(
        "by default deliveries are kept forever", arguments: ["", "keep: ~", "states: ~", "routes: {a: b}"])
    func nothing(settings: String) throws {
        #expect(try Self.terms(settings) == Retention.SourceTerms())
        #expect(try Self.parse("sources: {klavi: {\(settings)}}").retention.isEmpty)
    }

    private static let goodTimes: [(String, Duration)] = [
        ("180d", .seconds(15_552_000)), ("36h", .seconds(129_600)), ("1y", .seconds(31_536_000)),
        ("5y", .seconds(157_680_000)), ("100y", .seconds(3_153_600_000)), ("90s", .seconds(90)),
        ("1500ms", .milliseconds(1500)),
    ]

    @Test("retention times in days, hours and years of 365 days are read", arguments: goodTimes)
    func times(text: String, duration: Duration) throws {
        #expect(try Self.terms("keep: \(text)").terms == Retention.Terms(keep: duration))
        #expect(try Self.terms("keep-metadata: \(text)").terms == Retention.Terms(keepMetadata: duration))
    }

    @Test("a source, its routes and its states can each have a retention time")
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

    @Test("each state can be configured by its name")
    func states() throws {
        for state in Retention.State.allCases {
            let terms = try Self.terms("states: {\(state.rawValue): {keep: 1d}}")
            #expect(terms.states == [state: Retention.Terms(keep: .seconds(86_400))])
        }
    }

    @Test(
        "a malformed retention time is rejected, with its line and key",
        arguments: ["0d", "0y", "101y", "-1d", "1.5y", "y", "180", "forever", "1 year", "999999999999999999999d"])
    func noTime(text: String) {
        for key in ["keep", "keep-metadata"] {
            let failure = #expect(throws: ConfigurationError.self) {
                try Self.parse("sources:\n  klavi:\n    \(key): \(text)")
            }
            #expect(
                failure?.message
                    == "c.yaml, line 3: sources.klavi.\(key) must be a duration such as 180d or 5y, not '\(text)'")
        }
    }
}

@Suite("Other archive settings of a configuration file")
struct ArchiveConfigurationTests {
    private static func parse(_ text: String) throws -> CallboxConfiguration {
        try ConfigurationFile.parse(text, file: "c.yaml")
    }

    @Test("a server trains dictionaries unless training is turned off")
    func dictionaries() throws {
        #expect(CallboxConfiguration().trainsDictionaries)
        #expect(try Self.parse("dictionaries: auto").trainsDictionaries)
        #expect(try Self.parse("dictionaries: off").trainsDictionaries == false)
        #expect(try Self.parse("dictionaries:").trainsDictionaries)
    }

    @Test("the limits for the lag of the index are read")
    func lag() throws {
        let defaults = CallboxConfiguration().indexLag
        let lag = try Self.parse("index: {lag-count: 7, lag-age: 3s}").indexLag
        #expect(lag.count == 7)
        #expect(lag.age == .seconds(3))
        #expect(try Self.parse("index: {lag-count: 0}").indexLag.count == 0)
        #expect(try Self.parse("index: {lag-count: 100000000}").indexLag.age == defaults.age)
        #expect(try Self.parse("index:").indexLag.count == defaults.count)
    }
}
