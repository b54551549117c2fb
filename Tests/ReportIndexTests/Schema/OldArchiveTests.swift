import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import ReportArchive

/// Real files of each schema version, storage/archives/v1.sqlite and on. Each holds the same five deliveries, projected, and
/// two replays of the third; from version 4 on also a link and two follow-ups, from version 5 on a row of the access log. The
/// version that wrote it made it, and nothing edits it afterwards.
@Suite struct OldArchiveTests {
    private static let folder = ProjectFolder.root.appending(path: "storage/archives")

    /// The samples in it, in order; the last one repeats the third.
    static let samples = [
        "klavi/link-created-event", "klavi/whitelabel-redirect", "klavi/legacy-income-report",
        "certn/centric-case-status-changed", "klavi/legacy-income-report",
    ].map(Sample.named)

    static let versions = [1, 2, 3, 4, 5, 6]

    /// What version 4 was asked to write down about a link: the samples' own, as it was ordered and as it was answered.
    static let linkOrder = LinkOrder(
        provider: "klavi", api: "https://api-sandbox.klavi.ai/data/v1",
        keys: [ReportField("externalInfo.traceId", "72bf7d7c-8ba3-49cb-a0f3-320e36c78463")],
        expectations: [
            LinkExpectation("link_created"),
            LinkExpectation("pf_checking_account", field: ReportField("institutionId", "1")),
        ],
        externalInfo: #"{"traceId":"72bf7d7c-8ba3-49cb-a0f3-320e36c78463"}"#)
    static let linkChange = LinkChange.created(
        keys: [ReportField("linkId", "e2971f4a-657d-4b99-b246-6dcf6fb21303")],
        expiresAt: Timestamp.fixture.advanced(byMilliseconds: 1_800_000))
    /// The first of them was done.
    static let followUps = [
        FollowUpOrder(source: "certn", act: "centric-case", subject: "o-1", cause: DeliveryID(rawValue: 4)),
        FollowUpOrder(source: "certn", act: "centric-report", subject: "o-1", cause: DeliveryID(rawValue: 4)),
    ]

    /// What version 5 was asked to write into the access log.
    static let access = AccessRecord(user: "ana", command: "show", what: "3", reason: "claim-7")

    /// Runs `body` with a copy of the file.
    private static func withCopy(of version: Int, _ body: (ArchiveLocation) async throws -> Void) async throws {
        try await TestArchive.withLocation { location in
            let original = folder.appending(path: "v\(version).sqlite")
            try FileManager.default.copyItem(at: original, to: URL(filePath: location.path))
            try await body(location)
        }
    }

    @Test("there is a file for every schema version, the current one included, and no other")
    func completeness() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path()).sorted()
        #expect(names == Self.versions.map { "v\($0).sqlite" })
        try await TestArchive.withLocation { location in
            try ArchiveWriter(location).close()
            let current = try PlainConnection.open(location) { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            #expect(current == Self.versions.last)
        }
    }

    @Test("the file has the version in its name, and deliveries stored in every way it knows", arguments: versions)
    func contents(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try PlainConnection.open(location) { db in
                let stored = try Int.fetchOne(db, sql: "PRAGMA user_version")
                #expect(stored == version)
                if version < 3 {
                    let encodings = try String.fetchAll(db, sql: "SELECT bodyEncoding FROM journal ORDER BY id")
                    #expect(encodings == ["zlib", "raw", "zlib", "zlib", "zlib"])
                } else {
                    let encodings = try String.fetchAll(db, sql: "SELECT encoding FROM body ORDER BY journalId")
                    #expect(encodings == ["zlib", "raw", "zlib", "zlib", "same"])
                    // A zlib header whose FDICT bit is set.
                    let starts = try Data.fetchAll(db, sql: "SELECT substr(head, 1, 2) FROM journal")
                    #expect(starts.allSatisfy { $0[0] & 0x0f == 8 && $0[1] & 0x20 != 0 })
                }
            }
        }
    }

    @Test("once opened for writing, it is sound and every delivery reads back", arguments: versions)
    func deliveries(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try ArchiveWriter(location).close()
            let reader = try ArchiveReader(location)
            let check = try reader.check()
            #expect(check.findings == [])
            #expect(check.deliveryCount == Self.samples.count)
            #expect(check.prunedCount == 0)
            for (index, sample) in Self.samples.enumerated() {
                let number = Int64(index) + 1
                let delivery = try #require(try reader.delivery(DeliveryID(rawValue: number)))
                let receivedAt = sample.request.receivedAt.advanced(byMilliseconds: Int64(index) * 1000)
                #expect(delivery.uuid == .numbered(UInt8(number)))
                #expect(delivery.source == sample.sourceName)
                #expect(delivery.request.method == sample.request.method)
                #expect(delivery.request.target == sample.request.target)
                #expect(delivery.request.headers == sample.request.headers)
                #expect(delivery.request.body == sample.request.body)
                #expect(delivery.request.peer == sample.request.peer)
                #expect(delivery.request.receivedAt == receivedAt)
                #expect(delivery.verification == (number == 2 ? .unattempted : .verified))
                #expect(delivery.secretName == [nil, "primary", nil, "primary", "centric", "primary"][Int(number)])
            }
        }
    }

    @Test("its reports, projected anew where it is old, and its replays read back", arguments: versions)
    func reports(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try await TestArchive.withWriter(at: location) { writer in
                let unprojectedCount = try ArchiveReader(location).unprojectedCount()
                #expect(unprojectedCount == (version < 3 ? 5 : 0))
                try Projector.forSamples(writer).catchUp()
            }
            let reader = try ArchiveReader(location)
            let reports = try reader.reports(matching: ReportFilter())
            #expect(reports.map(\.kind) == ["CASE_STATUS_CHANGED", "Income", "redirect", "link_created"])
            #expect(reports.map(\.attemptCount) == [1, 2, 1, 1])
            #expect(reports.map { $0.route?.box } == ["background-checks", "klavi-rest", "klavi-rest", "links"])
            #expect(
                try reader.replays(of: DeliveryID(rawValue: 3)) == [
                    .fixture(deliveryID: 3), .fixture(deliveryID: 3, outcome: .failed("nobody answered")),
                ])
        }
    }

    @Test("it takes deliveries after its last one, and its projection can be rebuilt", arguments: versions)
    func writing(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try await TestArchive.withWriter(at: location) { writer in
                #expect(await writer.outcome(of: SealedDelivery(Self.samples[0])).id == 6)
                try writer.clearProjection()
                try Projector.forSamples(writer).catchUp()
                let reports = try ArchiveReader(location).reports(matching: ReportFilter())
                #expect(reports.map(\.attemptCount) == [1, 2, 1, 2])
            }
        }
    }

    @Test("the same deliveries make the same chain, whichever version wrote them first")
    func chain() async throws {
        var ends: [ChainMark] = []
        for version in Self.versions {
            try await Self.withCopy(of: version) { location in
                try ArchiveWriter(location).close()
                ends.append(try ArchiveReader(location).check().end)
            }
        }
        #expect(ends.map(\.id.rawValue) == Self.versions.map { _ in 5 })
        #expect(Set(ends.map(\.chain)).count == 1)
    }

    @Test("what version 2 had in quarantine and what it had promoted is there in version 3")
    func quarantine() async throws {
        try await Self.withCopy(of: 2) { location in
            try PlainConnection.open(location) { db in
                try db.execute(
                    sql: """
                        INSERT INTO quarantine VALUES (7, x'019A4000000070008000000000000009', 1793613600250, 'klavi',
                            'POST', '/klavi', '[["Host","a"]]', '192.0.2.1', 'stale', 'too old', zeroblob(32), 2, x'7B7D');
                        INSERT INTO promotion VALUES (4, 3, 1793613600250, 'failed', 'no signature', 'the customer asked');
                        """)
            }
            try await TestArchive.withWriter(at: location) { writer in
                let reader = try ArchiveReader(location)
                let entry = try #require(try reader.quarantine(limit: nil).first)
                #expect(entry.id.rawValue == 7)
                #expect(entry.delivery.request.body == Array("{}".utf8))
                #expect(entry.delivery.request.headers == [HeaderField("Host", "a")])
                #expect(
                    try reader.promotion(of: DeliveryID(rawValue: 4))
                        == Promotion(
                            quarantineID: QuarantineID(rawValue: 3), promotedAt: .fixture, reason: "no signature",
                            forcedBecause: "the customer asked"))
                let promoted = try writer.promote(entry.id, as: .fixture(), at: .fixture, forcedBecause: nil)
                #expect(promoted?.rawValue == 6)
                #expect(writer.quarantine(.fixture()))
                _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
                // Numbers go on after the old ones.
                #expect(try reader.quarantine(limit: nil).map(\.id.rawValue) == [8])
                #expect(try reader.check().findings == [])
            }
        }
    }

    @Test("what vouched for deliveries in version 3 is there in version 4, which takes what was fetched besides")
    func origins() async throws {
        try await Self.withCopy(of: 3) { location in
            let sql =
                "SELECT id || ' ' || source || ' ' || verification || ' ' || coalesce(secretName, '-') FROM origin"
            let before = try PlainConnection.open(location) { db in
                try db.execute(sql: "INSERT INTO origin VALUES (9, 'klavi', 'stale', ''), (8, 'é', 'failed', NULL)")
                #expect(throws: DatabaseError.self) {
                    try db.execute(sql: "INSERT INTO origin VALUES (10, 'klavi', 'fetched', NULL)")
                }
                return try String.fetchAll(db, sql: sql + " ORDER BY id")
            }
            try await TestArchive.withWriter(at: location) { writer in
                let kept = try PlainConnection.open(location) { try String.fetchAll($0, sql: sql + " ORDER BY id") }
                #expect(kept == before)
                #expect(
                    kept == [
                        "1 klavi verified primary", "2 klavi unattempted -", "3 certn verified centric", "8 é failed -",
                        "9 klavi stale ",
                    ])
                let fetched = SealedDelivery.fixture(source: "certn", verification: .fetched, secretName: nil)
                #expect(await writer.outcome(of: fetched).id == 6)
                let reader = try ArchiveReader(location)
                #expect(try reader.delivery(DeliveryID(rawValue: 6))?.verification == .fetched)
                #expect(try reader.check().findings == [])
            }
        }
    }

    @Test("the link and the follow-ups that version 4 wrote read back, and those of later ones", arguments: [4, 5, 6])
    func ledger(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try ArchiveWriter(location).close()
            let reader = try ArchiveReader(location)
            let link = try #require(try reader.link(LinkID(rawValue: 1)))
            #expect(link.createdAt == Self.samples[0].request.receivedAt)
            #expect(link.state == .created)
            #expect(link.order.provider == Self.linkOrder.provider)
            #expect(link.order.api == Self.linkOrder.api)
            #expect(link.order.keys.map(\.name) == ["externalInfo.traceId", "linkId"])
            #expect(link.order.expectations == Self.linkOrder.expectations)
            #expect(link.order.externalInfo == Self.linkOrder.externalInfo)
            #expect(link.order.expiresAt == Timestamp.fixture.advanced(byMilliseconds: 1_800_000))
            let progress = try reader.progress(of: link)
            #expect(progress.arrivals.map(\.kind) == ["link_created", "redirect"])
            #expect(progress.missing == [Self.linkOrder.expectations[1]])
            #expect(try reader.followUpCursor()?.rawValue == 5)
            #expect(try reader.followUps().map(\.state) == [.waiting, .done])
            let due = try reader.dueFollowUps(at: .fixture, limit: 9)
            #expect(due.map(\.order) == [Self.followUps[1]])
        }
    }

    @Test("version 4 begins with no link and no follow-up, whatever it came from", arguments: [1, 2, 3])
    func emptyLedger(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try await TestArchive.withWriter(at: location) { writer in
                let reader = try ArchiveReader(location)
                #expect(try reader.links(matching: LinkFilter()).isEmpty)
                #expect(try reader.followUpCursor() == nil)
                #expect(try reader.dueFollowUps(at: .fixture, limit: 9).isEmpty)
                #expect(try writer.record(Self.linkOrder, at: .fixture).rawValue == 1)
                let fetched = SealedDelivery.fixture(source: "certn", verification: .fetched, secretName: nil)
                #expect(await writer.outcome(of: fetched).id == 6)
                #expect(try reader.check().findings == [])
            }
        }
    }

    @Test("the access log that version 5 wrote reads back; before it there is none", arguments: versions)
    func accessLog(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try await TestArchive.withWriter(at: location) { writer in
                let record = try #require(Self.access)
                try writer.record(record, at: .fixture)
                var entries: [AccessEntry] = []
                try ArchiveReader(location).forEachAccess(limit: nil) { entries.append($0) }
                let numbers: [Int64] = version < 5 ? [1] : [2, 1]
                #expect(entries == numbers.map { AccessEntry(id: $0, at: .fixture, record: record) })
            }
        }
    }

    @Test("fields lie in the smaller segments of version 6, whichever they lay in before", arguments: [3, 4, 5])
    func segments(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            let deliveries: [Int64] = [1, 4095, 4096, 16383, 16384, 100_000]
            let rows = "SELECT count(*) FROM field"
            let before = try PlainConnection.open(location) { db in
                for delivery in deliveries {
                    try db.execute(
                        sql: "INSERT INTO field VALUES (?, 1, 'kept', ?)",
                        arguments: [delivery >> 14, delivery << 20 | 1])
                }
                return try Int.fetchOne(db, sql: rows)
            }
            try ArchiveWriter(location).close()
            try PlainConnection.open(location) { db in
                #expect(try Int.fetchOne(db, sql: rows) == before)
                let segments = try Int64.fetchAll(
                    db, sql: "SELECT segment FROM field WHERE value = 'kept' ORDER BY reportId")
                #expect(segments == [0, 0, 1, 3, 4, 24])
                #expect(
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM field WHERE segment <> reportId >> 32") == 0)
                #expect(
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM fields WHERE value = 'kept'") == deliveries.count)
            }
        }
    }

    @Test("headers that are no plain text read back from an older file as they were")
    func oddHead() async throws {
        let headers: HeaderFields = [
            HeaderField("X-Odd", "tab\t \"quoted\" \\ é 🐘 \u{1}"), HeaderField("x-odd", ""), HeaderField("X-Odd", "[]"),
        ]
        try await Self.withCopy(of: 2) { location in
            try PlainConnection.open(location) { db in
                try db.execute(
                    sql: """
                        INSERT INTO journal SELECT 6, uuid, receivedAtMilliseconds, source, 'P"T', ?, ?, '::1', 'failed',
                            '', bodySHA256, bodyByteCount, bodyEncoding, body FROM journal WHERE id = 1
                        """, arguments: [#"/é?"\"#, HeaderText.text(headers)])
            }
            try ArchiveWriter(location).close()
            let reader = try ArchiveReader(location)
            let delivery = try #require(try reader.delivery(DeliveryID(rawValue: 6)))
            #expect(delivery.request.method == "P\"T")
            #expect(delivery.request.target.text == #"/é?"\"#)
            #expect(delivery.request.headers == headers)
            #expect(delivery.secretName == "")
            #expect(try reader.check().findings == [])
        }
    }

    @Test("a file of an older version that lacks deliveries is brought up to date, and the check tells of them")
    func missingDelivery() async throws {
        try await Self.withCopy(of: 1) { location in
            try PlainConnection.open(location) { db in
                try db.execute(sql: "PRAGMA foreign_keys = OFF; DROP TRIGGER journalIsNeverCut")
                try db.execute(
                    sql: """
                        DELETE FROM journal WHERE id = 2;
                        CREATE TRIGGER journalIsNeverCut BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'no'); END
                        """)
            }
            try ArchiveWriter(location).close()
            let reader = try ArchiveReader(location)
            #expect(try reader.check().findings.contains("deliveries 2 to 2 are not there"))
            #expect(try reader.delivery(DeliveryID(rawValue: 5))?.uuid == .numbered(5))
        }
    }
}
