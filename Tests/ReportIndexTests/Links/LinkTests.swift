import Deliveries
import GRDB
import ReportArchive
import TestKit
import Testing

@Suite("The ledger of links, as it is written")
struct LinkLedgerTests {
    private static let order = LinkOrder(
        provider: "klavi", api: "https://api.example", keys: [ReportField("externalInfo.traceId", "t-1")],
        expectations: [
            LinkExpectation("applicant", field: ReportField("report_status", "COMPLETE")),
            LinkExpectation("pf_checking_account"),
        ],
        externalInfo: #"{"traceId":"t-1"}"#, expiresAt: .fixture)

    @Test("a link is on disk when it is recorded: another connection reads it, word for word")
    func durable() async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            let id = try writer.record(Self.order, at: .fixture)
            let link = try #require(try reader.link(id))
            #expect(link.id == id)
            #expect(link.createdAt == .fixture)
            #expect(link.state == .requested)
            #expect(link.order == Self.order)
            #expect(link.note == nil)
            let syncing = try PlainConnection.open(writer.location) { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM link JOIN linkKey ON linkId = id")
            }
            #expect(syncing == 1)
        }
    }

    @Test("the least that a link can be is kept as it is")
    func least() async throws {
        try await TestArchive.withWriter { writer in
            let order = LinkOrder(provider: "ezid", api: "")
            let id = try writer.record(order, at: .fixture)
            #expect(try ArchiveReader(writer.location).link(id)?.order == order)
        }
    }

    @Test("numbers are never given twice, and name only their own link")
    func numbers() async throws {
        try await TestArchive.withWriter { writer in
            let ids = try (0..<3).map { _ in try writer.record(Self.order, at: .fixture).rawValue }
            #expect(ids == [1, 2, 3])
            let reader = try ArchiveReader(writer.location)
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
        Change(change: .disabled, state: .disabled),
        Change(change: .dismissed(note: ""), state: .dismissed, note: ""),
        Change(change: .rescheduled(expiresAt: later), state: .requested, expiresAt: later),
    ]

    @Test("each change is seen by a reader at once and changes nothing else", arguments: changes)
    func change(_ expected: Change) async throws {
        try await TestArchive.withWriter { writer in
            let other = try writer.record(Self.order, at: .fixture)
            let id = try writer.record(Self.order, at: .fixture)
            #expect(try writer.change(id, expected.change))
            let reader = try ArchiveReader(writer.location)
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

    @Test("a change to a link that is not there says so and writes nothing", arguments: changes)
    func unknown(_ expected: Change) async throws {
        try await TestArchive.withWriter { writer in
            let id = try writer.record(Self.order, at: .fixture)
            let change: LinkChange =
                if case .created = expected.change {
                    .created(keys: [ReportField("linkId", "1")], expiresAt: nil)
                } else {
                    expected.change
                }
            for unknown in [0, -1, 2, .max] as [Int64] {
                #expect(try !writer.change(LinkID(rawValue: unknown), change))
            }
            #expect(try ArchiveReader(writer.location).link(id)?.state == .requested)
            let keyCount = try PlainConnection.open(writer.location) {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM linkKey")
            }
            #expect(keyCount == 1)
        }
    }

    @Test("keys that the answer brought stand beside those there were, each once")
    func keys() async throws {
        try await TestArchive.withWriter { writer in
            let id = try writer.record(Self.order, at: .fixture)
            let known = ReportField("linkId", "4437b139-8a16-11ee-b636-487b6bad036a")
            for _ in 0..<2 {
                #expect(try writer.change(id, .created(keys: [known, known, Self.order.keys[0]], expiresAt: nil)))
            }
            #expect(try ArchiveReader(writer.location).link(id)?.order.keys == [Self.order.keys[0], known])
        }
    }

    @Test("only what is asked for or there is awaited")
    func awaited() {
        #expect(LinkState.allCases.filter(\.isAwaited) == [.requested, .created])
    }

    @Test(
        "text that is odd is kept as it is",
        arguments: ["", "'; DROP TABLE link; --", "\"", "é", "e\u{301}", "%_", "🐘\u{202e}"])
    func oddText(text: String) async throws {
        let order = LinkOrder(
            provider: "p" + text, api: text, keys: [ReportField("k" + text, text)],
            expectations: [LinkExpectation("x" + text, field: ReportField("f" + text, text))])
        try await TestArchive.withWriter { writer in
            let id = try writer.record(order, at: .fixture)
            #expect(try writer.change(id, .failed(note: text)))
            let reader = try ArchiveReader(writer.location)
            let link = try #require(try reader.link(id))
            #expect(Array(link.order.provider.utf8) == Array(order.provider.utf8))
            #expect(Array(link.order.api.utf8) == Array(text.utf8))
            #expect(link.order.keys.map { Array($0.name.utf8) } == [Array(("k" + text).utf8)])
            #expect(link.order.keys.map { Array($0.value.utf8) } == [Array(text.utf8)])
            #expect(
                link.order.expectations.map { Array($0.description.utf8) }
                    == order.expectations.map { Array($0.description.utf8) })
            #expect(link.note.map { Array($0.utf8) } == Array(text.utf8))
            var filter = LinkFilter()
            filter.providers = [order.provider]
            filter.fields = order.keys
            #expect(try reader.links(matching: filter).map(\.id) == [id])
            #expect(try reader.progress(of: link).missing == order.expectations)
        }
    }

    @Test("a zero byte becomes U+FFFD, so that nothing after it is lost, and is found again as it was given")
    func zeroByte() async throws {
        let key = ReportField("k", "a\u{0}b")
        let order = LinkOrder(
            provider: "klavi", api: "", keys: [key],
            expectations: [LinkExpectation("x", field: ReportField("f", "\u{0}"))])
        try await TestArchive.withWriter { writer in
            let id = try writer.record(order, at: .fixture)
            let reader = try ArchiveReader(writer.location)
            let link = try #require(try reader.link(id))
            #expect(link.order.keys == [ReportField("k", "a\u{fffd}b")])
            #expect(link.order.expectations.map(\.description) == ["x:f=\u{fffd}"])
            var filter = LinkFilter()
            filter.fields = [key]
            #expect(try reader.links(matching: filter).map(\.id) == [id])
            filter.fields = [ReportField("k", "a")]
            #expect(try reader.links(matching: filter).isEmpty)
            let report = RoutedReport.fixture(kind: "x", fields: [key, ReportField("f", "\u{0}")])
            try await writer.commitAll([.fixture()])
            try Projector(writer) { _ in [report] }.catchUp()
            let progress = try reader.progress(of: link)
            #expect(progress.arrivals.map(\.kind) == ["x"])
            #expect(progress.missing == [])
        }
    }

    @Test("a text of a megabyte is kept as it is")
    func longText() async throws {
        let text = String(repeating: "ä\"", count: 1 << 18)
        let order = LinkOrder(
            provider: "klavi", api: text, keys: [ReportField("linkId", text)],
            expectations: [LinkExpectation("k", field: ReportField("f", text))],
            externalInfo: #"{"a":"\#(text.replacing("\"", with: "\\\""))"}"#)
        try await TestArchive.withWriter { writer in
            let id = try writer.record(order, at: .fixture)
            let reader = try ArchiveReader(writer.location)
            let link = try #require(try reader.link(id))
            #expect(link.order == order)
            #expect(try reader.progress(of: link).missing == order.expectations)
        }
    }

    @Test(
        "what breaks the ledger's rules is refused, and nothing of it stays",
        arguments: [
            LinkOrder(provider: "", api: "a"), LinkOrder(provider: "p", api: "a", keys: [ReportField("", "v")]),
            LinkOrder(provider: "p", api: "a", expectations: [LinkExpectation("")]),
            LinkOrder(provider: "p", api: "a", externalInfo: "[]"),
            LinkOrder(provider: "p", api: "a", externalInfo: "{"), LinkOrder(provider: "p", api: "a", externalInfo: ""),
        ])
    func refused(order: LinkOrder) async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            #expect(throws: ArchiveError.self) { _ = try writer.record(order, at: .fixture) }
            let kept = try reader.links(matching: LinkFilter())
            #expect(kept.isEmpty)
            let id = try writer.record(Self.order, at: .fixture)
            #expect(id.rawValue == 1)
            #expect(throws: ArchiveError.self) {
                _ = try writer.change(id, .created(keys: [ReportField("", "v")], expiresAt: nil))
            }
            let state = try reader.link(id)?.state
            #expect(state == .requested)
        }
    }
}
