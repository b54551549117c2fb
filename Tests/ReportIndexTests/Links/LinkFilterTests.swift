import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import TestKit
import Testing

/// Four links, a second apart: 1 klavi, 2 certn-legacy, 3 certn-centric, 4 klavi.
@Suite("Link filters")
struct LinkFilterTests {
    private static func found(_ adjust: (inout LinkFilter) -> Void) async throws -> [Int64] {
        try await IndexArchive.with { archive in
            let keys = [
                [ReportField("linkId", "a"), ReportField("tag", "x")], [ReportField("id", "a")],
                [ReportField("object_id", "b"), ReportField("tag", "x")],
                [ReportField("linkId", "b"), ReportField("tag", "x")],
            ]
            let providers = ["klavi", "certn-legacy", "certn-centric", "klavi"]
            for index in 0..<4 {
                let order = LinkOrder(provider: providers[index], api: "", keys: keys[index])
                try archive.record(.link(order), at: time(Int64(index)))
            }
            try archive.change(2, .failed(note: "no"))
            try archive.change(3, .created(keys: [], expiresAt: nil))
            var filter = LinkFilter()
            adjust(&filter)
            return try archive.reader().links(matching: filter).map(\.id.rawValue)
        }
    }

    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp.fixture.advanced(byMilliseconds: seconds * 1000)
    }

    @Test("a filter without conditions finds all links, newest first")
    func all() async throws {
        #expect(try await Self.found { _ in } == [4, 3, 2, 1])
    }

    @Test("links are filtered by provider")
    func providers() async throws {
        #expect(try await Self.found { $0.providers = ["klavi"] } == [4, 1])
        #expect(try await Self.found { $0.providers = ["klavi", "certn-centric"] } == [4, 3, 1])
        #expect(try await Self.found { $0.providers = ["certn-legacy", "certn-centric"] } == [3, 2])
        #expect(try await Self.found { $0.providers = ["ezid"] } == [])
    }

    @Test("links are filtered by state")
    func states() async throws {
        #expect(try await Self.found { $0.states = [.requested] } == [4, 1])
        #expect(try await Self.found { $0.states = [.failed, .created] } == [3, 2])
        #expect(try await Self.found { $0.states = [.disabled] } == [])
    }

    @Test("a link must have all keys of the filter")
    func fields() async throws {
        #expect(try await Self.found { $0.fields = [ReportField("tag", "x")] } == [4, 3, 1])
        #expect(try await Self.found { $0.fields = [ReportField("tag", "x"), ReportField("linkId", "b")] } == [4])
        #expect(try await Self.found { $0.fields = [ReportField("linkId", "x")] } == [])
        #expect(try await Self.found { $0.fields = [ReportField("linkid", "b")] } == [])
    }

    @Test("'since' includes its moment, 'until' does not")
    func times() async throws {
        #expect(try await Self.found { $0.since = Self.time(1) } == [4, 3, 2])
        #expect(try await Self.found { $0.until = Self.time(1) } == [1])
        #expect(try await Self.found { ($0.since, $0.until) = (Self.time(1), Self.time(3)) } == [3, 2])
    }

    @Test("links are paged by ID")
    func pages() async throws {
        #expect(try await Self.found { $0.limit = 3 } == [4, 3, 2])
        #expect(try await Self.found { ($0.limit, $0.before) = (3, LinkID(rawValue: 2)) } == [1])
        #expect(try await Self.found { ($0.limit, $0.before) = (3, LinkID(rawValue: 1)) } == [])
        #expect(try await Self.found { $0.limit = 0 } == [])
    }

    @Test("conditions of several kinds must all hold")
    func together() async throws {
        #expect(
            try await Self.found {
                $0.providers = ["klavi"]
                $0.states = [.requested]
                $0.fields = [ReportField("tag", "x")]
                $0.until = Self.time(3)
            } == [1])
    }
}
