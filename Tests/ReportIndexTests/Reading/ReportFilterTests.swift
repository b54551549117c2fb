import Deliveries
import Journal
import ReportIndex
import Testing

@Suite struct ReportFilterTests {
    /// A filter, its name, and the keys that it must find, newest first.
    struct Case: Sendable, Testing.CustomTestStringConvertible {
        let testDescription: String
        let expected: String
        let adjust: @Sendable (inout ReportFilter) -> Void

        init(_ description: String, _ expected: String, _ adjust: @escaping @Sendable (inout ReportFilter) -> Void) {
            self.testDescription = description
            self.expected = expected
            self.adjust = adjust
        }
    }

    static let alone: [Case] = [
        Case("nothing", "fedcba") { _ in },
        Case("a provider", "fba") { $0.providers = ["klavi"] },
        Case("two providers", "fedba") { $0.providers = ["klavi", "ezid", "certn-centric"] },
        Case("both APIs of a provider", "dc") { $0.providers = ["certn-legacy", "certn-centric"] },
        Case("one API of a provider", "c") { $0.providers = ["certn-legacy"] },
        Case("an unknown provider", "") { $0.providers = ["nobody"] },
        Case("a source", "f") { $0.sources = ["second"] },
        Case("two sources", "fe") { $0.sources = ["second", "logins"] },
        Case("a type", "fa") { $0.types = ["link_created"] },
        Case("a type in another letter case", "") { $0.types = ["LINK_CREATED"] },
        Case("a topic", "dc") { $0.topics = ["checks"] },
        Case("unrouted", "b") { $0.isUnrouted = true },
        Case("since, inclusive", "fed") { $0.since = QueryArchive.time(3000) },
        Case("until, exclusive", "cba") { $0.until = QueryArchive.time(3000) },
        Case("since and until", "c") {
            $0.since = QueryArchive.time(1001)
            $0.until = QueryArchive.time(2001)
        },
        Case("a verification", "fedcba") { $0.verifications = [.verified, .failed] },
        Case("a verification of no report", "") { $0.verifications = [.fetched] },
        Case("a field", "fc") { $0.fields = [ReportField("linkId", "2")] },
        Case("two values of one field", "fcba") {
            $0.fields = [ReportField("linkId", "2"), ReportField("linkId", "1")]
        },
        Case("two fields", "f") { $0.fields = [ReportField("linkId", "2"), ReportField("cpf", "9")] },
        Case("a value of another field", "") { $0.fields = [ReportField("cpf", "1")] },
        Case("a limit", "fe") { $0.limit = 2 },
        Case("a limit of zero", "") { $0.limit = 0 },
        Case("a negative limit", "") { $0.limit = -1 },
    ]

    @Test("each condition alone finds its reports, newest first", arguments: alone)
    func oneFilter(_ one: Case) async throws {
        #expect(try await QueryArchive.keys(one.adjust) == one.expected)
    }

    static let combined: [Case] = [
        Case("provider and source", "ba") {
            $0.providers = ["klavi"]
            $0.sources = ["klavi"]
        },
        Case("type, field and limit", "f") {
            $0.types = ["link_created"]
            $0.fields = [ReportField("linkId", "1"), ReportField("linkId", "2")]
            $0.limit = 1
        },
        Case("topic and time", "d") {
            $0.topics = ["checks", "links"]
            $0.since = QueryArchive.time(3000)
            $0.until = QueryArchive.time(5000)
        },
        Case("unrouted and a topic exclude each other", "") {
            $0.isUnrouted = true
            $0.topics = ["links"]
        },
        Case("all conditions", "a") {
            $0.providers = ["klavi"]
            $0.sources = ["klavi", "second"]
            $0.types = ["link_created"]
            $0.topics = ["links"]
            $0.since = QueryArchive.time(0)
            $0.until = QueryArchive.time(1)
            $0.fields = [ReportField("linkId", "1")]
            $0.limit = 5
        },
    ]

    @Test("several conditions must all be true", arguments: combined)
    func severalFilters(_ one: Case) async throws {
        #expect(try await QueryArchive.keys(one.adjust) == one.expected)
    }

    @Test("values that look like SQL or patterns have no special meaning")
    func hostileValues() async throws {
        try await QueryArchive.withReader { reader in
            for value in ["' OR 1=1 --", "%", "_", "\"", "link_created' --", "?", "\0", "*"] {
                for adjust: (inout ReportFilter) -> Void in [
                    { $0.providers = [value] }, { $0.sources = [value] }, { $0.types = [value] },
                    { $0.topics = [value] }, { $0.fields = [ReportField("linkId", value)] },
                    { $0.fields = [ReportField(value, "1")] },
                ] {
                    var filter = ReportFilter()
                    adjust(&filter)
                    let found = try reader.reports(matching: filter)
                    #expect(found.isEmpty, "\(value)")
                }
            }
        }
    }

    @Test("a value with quotes and percent signs is found")
    func hostileField() async throws {
        #expect(try await QueryArchive.keys { $0.fields = [ReportField("note", QueryArchive.hostileText)] } == "e")
    }
}
