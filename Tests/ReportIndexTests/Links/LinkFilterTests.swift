import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import TestKit
import Testing

/// Tests filters on links 1 to 4, which were requested one second apart, from klavi, certn-legacy, certn-centric and
/// klavi.
@Suite("Link filters")
struct LinkFilterTests {
    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp.fixture.advanced(byMilliseconds: seconds * 1000)
    }

    private static let cases: [(name: String, expected: [Int64], adjust: @Sendable (inout LinkFilter) -> Void)] = [
        ("no condition", [4, 3, 2, 1], { _ in }),
        ("one provider", [4, 1], { $0.providers = ["klavi"] }),
        ("two providers", [4, 3, 1], { $0.providers = ["klavi", "certn-centric"] }),
        ("an unknown provider", [], { $0.providers = ["ezid"] }),
        ("one state", [4, 1], { $0.states = [.requested] }),
        ("two states", [3, 2], { $0.states = [.failed, .created] }),
        ("a state of no link", [], { $0.states = [.cancelled] }),
        ("a key", [4, 3, 1], { $0.fields = [ReportField("tag", "x")] }),
        ("two keys", [4], { $0.fields = [ReportField("tag", "x"), ReportField("linkId", "b")] }),
        ("a value of no link", [], { $0.fields = [ReportField("linkId", "x")] }),
        ("a name in another case", [], { $0.fields = [ReportField("linkid", "b")] }),
        ("since includes its moment", [4, 3, 2], { $0.since = time(1) }),
        ("until excludes its moment", [1], { $0.until = time(1) }),
        ("a range of time", [3, 2], { ($0.since, $0.until) = (time(1), time(3)) }),
        ("a limit", [4, 3, 2], { $0.limit = 3 }),
        ("the next page", [1], { ($0.limit, $0.before) = (3, LinkID(rawValue: 2)) }),
        ("a page after the last", [], { ($0.limit, $0.before) = (3, LinkID(rawValue: 1)) }),
        ("a limit of zero", [], { $0.limit = 0 }),
        (
            "conditions of several kinds", [1],
            {
                ($0.providers, $0.states, $0.until) = (["klavi"], [.requested], time(3))
                $0.fields = [ReportField("tag", "x")]
            }
        ),
    ]

    @Test("a filter finds the links that meet all conditions, newest first", arguments: cases.indices)
    func found(index: Int) async throws {
        try await IndexArchive.with { archive in
            let keys = [
                [ReportField("linkId", "a"), ReportField("tag", "x")], [ReportField("id", "a")],
                [ReportField("object_id", "b"), ReportField("tag", "x")],
                [ReportField("linkId", "b"), ReportField("tag", "x")],
            ]
            for (index, provider) in ["klavi", "certn-legacy", "certn-centric", "klavi"].enumerated() {
                let order = LinkOrder(provider: provider, api: "", keys: keys[index])
                try archive.record(.link(order), at: Self.time(Int64(index)))
            }
            try archive.change(2, .failed(note: "no"))
            try archive.change(3, .created(keys: [], expiresAt: nil))
            var filter = LinkFilter()
            let (name, expected, adjust) = Self.cases[index]
            adjust(&filter)
            #expect(try archive.reader().links(matching: filter).map(\.id.rawValue) == expected, "\(name)")
        }
    }
}
