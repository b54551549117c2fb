import ArchiveTestKit
import Deliveries
import GRDB
import Journal
import ReportIndex
import TestKit
import Testing

@Suite("Links")
struct LinkTests {
    private static let order = LinkOrder(
        provider: "klavi", api: "https://api.example", keys: [ReportField("externalInfo.traceId", "t-1")],
        expectations: [
            LinkExpectation("applicant", field: ReportField("report_status", "COMPLETE")),
            LinkExpectation("pf_checking_account"),
        ],
        externalInfo: #"{"traceId":"t-1"}"#, expiresAt: .fixture)

    @Test("a stored link is unchanged when another connection reads it")
    func durable() async throws {
        try await IndexArchive.with { archive in
            let reader = try archive.reader()
            let id = try archive.link(Self.order)
            let link = try #require(try reader.link(id))
            #expect(link.id == id)
            #expect(link.createdAt == .fixture)
            #expect(link.state == .requested)
            #expect(link.order == Self.order)
            #expect(link.note == nil)
            let syncing = try PlainConnection.open(archive.directory.indexPath) { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM link JOIN linkKey ON linkId = id")
            }
            #expect(syncing == 1)
        }
    }

    @Test("a link is found by every spelling of its keys, or only by the same bytes if the search is exact")
    func spellings() async throws {
        try await IndexArchive.with { archive in
            let names = ["São", "SAO", "390.533.447-05", "other"]
            for name in names {
                try archive.link(LinkOrder(provider: "klavi", api: "", keys: [ReportField("externalInfo.name", name)]))
            }
            let reader = try archive.reader()
            func found(_ value: String, folds: Bool) throws -> [Int64] {
                var filter = LinkFilter()
                (filter.fields, filter.folds) = ([ReportField("externalInfo.name", value)], folds)
                return try reader.links(matching: filter).map(\.id.rawValue)
            }
            #expect(try found("sa\u{303}o", folds: true) == [2, 1])
            #expect(try found("São", folds: false) == [1])
            #expect(try found("39053344705", folds: true) == [3])
            #expect(try found("39053344705", folds: false) == [])
        }
    }

    @Test("a link without optional values is unchanged after storing")
    func least() async throws {
        try await IndexArchive.with { archive in
            let order = LinkOrder(provider: "ezid", api: "")
            let id = try archive.link(order)
            #expect(try archive.reader().link(id)?.order == order)
        }
    }

    @Test("a link ID is never reused and finds only its own link")
    func numbers() async throws {
        try await IndexArchive.with { archive in
            let ids = try (0..<3).map { _ in try archive.link(Self.order).rawValue }
            #expect(ids == [1, 2, 3])
            try await archive.commitAll([.fixture()])
            try archive.index()
            let reader = try archive.reader()
            for id in ids { #expect(try reader.link(LinkID(rawValue: id))?.id.rawValue == id) }
            for id in [0, -1, 4, .max, .min] as [Int64] {
                #expect(try reader.link(LinkID(rawValue: id)) == nil, "\(id)")
            }
            #expect(LinkID(rawValue: 7).description == "7")
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let change: LinkChange
        let state: LinkState
        var note: String?
        var expiresAt: Timestamp? = .fixture
        var testDescription: String { "\(change)" }
    }

    private static let later = Timestamp.fixture.advanced(byMilliseconds: 5000)

    static let changes = [
        Change(change: .created(keys: [], expiresAt: nil), state: .created),
        Change(change: .created(keys: [], expiresAt: later), state: .created, expiresAt: later),
        Change(change: .failed(note: "422: no"), state: .failed, note: "422: no"),
        Change(change: .cancelled, state: .cancelled),
        Change(change: .dismissed(note: ""), state: .dismissed, note: ""),
        Change(change: .rescheduled(expiresAt: later), state: .requested, expiresAt: later),
    ]

    @Test("a change of a link is visible at once, and other links are not changed", arguments: changes)
    func change(_ expected: Change) async throws {
        try await IndexArchive.with { archive in
            let other = try archive.link(Self.order)
            let id = try archive.link(Self.order)
            try archive.change(id.rawValue, expected.change)
            let reader = try archive.reader()
            let link = try #require(try reader.link(id))
            #expect(link.state == expected.state)
            #expect(link.note == expected.note)
            #expect(link.order.expiresAt == expected.expiresAt)
            #expect(link.order.keys == Self.order.keys)
            #expect(link.order.expectations == Self.order.expectations)
            let untouched = try #require(try reader.link(other))
            #expect(untouched.state == .requested)
            #expect(untouched.order == Self.order)
        }
    }

    @Test("a change of a missing link has no effect", arguments: changes)
    func unknown(_ expected: Change) async throws {
        try await IndexArchive.with { archive in
            let id = try archive.link(Self.order)
            let change: LinkChange =
                if case .created = expected.change {
                    .created(keys: [ReportField("linkId", "1")], expiresAt: nil)
                } else {
                    expected.change
                }
            for unknown in [0, -1, 9, .max] as [Int64] {
                try archive.change(unknown, change)
            }
            #expect(try archive.reader().link(id)?.state == .requested)
            let keyCount = try PlainConnection.open(archive.directory.indexPath) {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM linkKey")
            }
            #expect(keyCount == 1)
        }
    }

    @Test("each key from the response is added once")
    func keys() async throws {
        try await IndexArchive.with { archive in
            let id = try archive.link(Self.order)
            let known = ReportField("linkId", "4437b139-8a16-11ee-b636-487b6bad036a")
            for _ in 0..<2 {
                try archive.change(id.rawValue, .created(keys: [known, known, Self.order.keys[0]], expiresAt: nil))
            }
            #expect(try archive.reader().link(id)?.order.keys == [Self.order.keys[0], known])
        }
    }

    @Test("only requested and created links are pending")
    func pending() {
        #expect(LinkState.allCases.filter(\.isPending) == [.requested, .created])
    }

    @Test(
        "unusual text is stored without changes",
        arguments: [
            "", "'; DROP TABLE link; --", "\"", "é", "e\u{301}", "%_", "🐘\u{202e}",
            String(repeating: "ä\"", count: 1 << 14),
        ])
    func oddText(text: String) async throws {
        let order = LinkOrder(
            provider: "p" + text, api: text, keys: [ReportField("k" + text, text)],
            expectations: [LinkExpectation("x" + text, field: ReportField("f" + text, text))], externalInfo: text)
        try await IndexArchive.with { archive in
            let id = try archive.link(order)
            try archive.change(id.rawValue, .failed(note: text))
            let reader = try archive.reader()
            let link = try #require(try reader.link(id))
            #expect(Array(link.order.provider.utf8) == Array(order.provider.utf8))
            #expect(Array(link.order.api.utf8) == Array(text.utf8))
            #expect(link.order.keys.map { Array($0.name.utf8) } == [Array(("k" + text).utf8)])
            #expect(link.order.keys.map { Array($0.value.utf8) } == [Array(text.utf8)])
            #expect(
                link.order.expectations.map { Array($0.description.utf8) }
                    == order.expectations.map { Array($0.description.utf8) })
            #expect(link.note.map { Array($0.utf8) } == Array(text.utf8))
            #expect(link.order.externalInfo.map { Array($0.utf8) } == Array(text.utf8))
            var filter = LinkFilter()
            filter.providers = [order.provider]
            filter.fields = order.keys
            #expect(try reader.links(matching: filter).map(\.id) == [id])
            #expect(try reader.progress(of: link).missing == order.expectations)
        }
    }

    @Test("a NUL character becomes U+FFFD, and a search for the text with NUL still finds it")
    func zeroByte() async throws {
        let key = ReportField("k", "a\u{0}b")
        let order = LinkOrder(
            provider: "klavi", api: "", keys: [key],
            expectations: [LinkExpectation("x", field: ReportField("f", "\u{0}"))])
        try await IndexArchive.with { archive in
            let id = try archive.link(order)
            let reader = try archive.reader()
            let link = try #require(try reader.link(id))
            #expect(link.order.keys == [ReportField("k", "a\u{fffd}b")])
            #expect(link.order.expectations.map(\.description) == ["x:f=\u{fffd}"])
            var filter = LinkFilter()
            filter.fields = [key]
            #expect(try reader.links(matching: filter).map(\.id) == [id])
            filter.fields = [ReportField("k", "a")]
            #expect(try reader.links(matching: filter).isEmpty)
            let report = RoutedReport.fixture(type: "x", fields: [key, ReportField("f", "\u{0}")])
            try await archive.commitAll([.fixture()])
            try archive.index { _ in [report] }
            let progress = try reader.progress(of: link)
            #expect(progress.arrivals.map(\.type) == ["x"])
            #expect(progress.missing == [])
        }
    }

    @Test(
        "an unusual link order is indexed without changes",
        arguments: [
            LinkOrder(provider: "", api: "a"), LinkOrder(provider: "p", api: "a", keys: [ReportField("", "v")]),
            LinkOrder(provider: "p", api: "a", expectations: [LinkExpectation("")]),
            LinkOrder(provider: "p", api: "a", externalInfo: "[]"),
            LinkOrder(provider: "p", api: "a", externalInfo: ""),
        ])
    func odd(order: LinkOrder) async throws {
        try await IndexArchive.with { archive in
            let id = try archive.link(order)
            try archive.change(id.rawValue, .created(keys: [ReportField("", "v")], expiresAt: nil))
            let next = try archive.link(Self.order)
            let reader = try archive.reader()
            #expect(try reader.link(id)?.order.provider == order.provider)
            #expect(try reader.link(next)?.order == Self.order)
        }
    }
}
