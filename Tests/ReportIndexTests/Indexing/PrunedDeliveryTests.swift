import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

/// Deliveries whose bodies retention took: what they said stays, for nothing could say it again.
@Suite struct PrunedBodyTests {
    private static let body = SealedBody.raw(#"{"note":""# + String(repeating: "0123456789", count: 10) + #""}"#)

    /// Three arrivals of the report `/a` with `/b` after the first, projected; then bodies are taken.
    private static func withPruned(_ ids: [Int64], _ body: (ArchiveWriter, ArchiveReader) throws -> Void) async throws {
        try await TestArchive.withWriter { writer in
            for (index, target) in ["/a", "/b", "/a", "/a"].enumerated() {
                let receivedAt = Timestamp.fixture.advanced(byMilliseconds: Int64(index) * 1000)
                try await writer.commitAll([.fixture(receivedAt: receivedAt, target: target, body: Self.body)])
            }
            try Self.projector(writer).catchUp()
            // Retention has to give a body that others share to one of those.
            try writer.perform { db in
                try db.execute(
                    sql: """
                        UPDATE body SET encoding = kept.encoding, sameAs = NULL, bytes = kept.bytes
                        FROM body AS kept WHERE kept.journalId = body.sameAs
                        """)
            }
            try writer.prune(ids)
            try body(writer, ArchiveReader(writer.location))
        }
    }

    private static func projector(_ writer: ArchiveWriter) throws -> Projector {
        try Projector(writer) { delivery in
            let target = delivery.request.target.text
            return [.fixture(kind: target, key: target, fields: [ReportField("path", target)])]
        }
    }

    @Test("the delivery says that its body was taken and why; head and report are there, and the archive is sound")
    func reading() async throws {
        try await Self.withPruned([1]) { _, reader in
            let failure = #expect(throws: ArchiveReadFailure.self) { try reader.delivery(DeliveryID(rawValue: 1)) }
            guard case .archive(.pruned(let id, let reason)) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(id.rawValue == 1)
            #expect(reason == "older than a year")
            let check = try reader.check()
            #expect(check.findings == [])
            #expect(check.prunedCount == 1)
            #expect(check.deliveryCount == 4)
            let reports = try reader.reports(matching: ReportFilter())
            #expect(reports.map(\.isBodyPruned) == [false, true])
            #expect(reports.map(\.storedByteCount) == [Self.body.byteCount, 0])
        }
    }

    @Test("a head that was changed is found in a delivery without a body too")
    func chain() async throws {
        try await Self.withPruned([1]) { writer, reader in
            try PlainConnection.open(writer.location) { db in
                try db.execute(sql: "DROP TRIGGER journalIsNeverChanged")
                try db.execute(
                    sql: #"UPDATE journal SET head = CAST('["POST","/c","::",[]]' AS BLOB) WHERE id = 1"#)
            }
            #expect(
                try reader.check().findings == [
                    "delivery 1: the chain breaks here; this row or the one before was changed"
                ])
        }
    }

    /// Every choice of the four deliveries.
    static let choices: [[Int64]] = (0..<16).map { choice in (1...4).filter { choice >> ($0 - 1) & 1 == 1 } }

    @Test("a rebuild gives the tables that were there, whichever bodies were taken", arguments: choices)
    func rebuild(ids: [Int64]) async throws {
        try await Self.withPruned(ids) { writer, reader in
            let before = try ProjectionDump(writer.location)
            try writer.clearProjection()
            let kept = try ProjectionDump(writer.location)
            #expect(kept.count("report") == Set(ids).intersection([1, 2]).count)
            #expect(kept.count("field") == kept.count("report"))
            #expect(kept.count("span") == 0)
            try Self.projector(writer).catchUp()
            let after = try ProjectionDump(writer.location)
            // Bodies are shared anew.
            for (table, rows) in before.rows where table != "body" { #expect(after.rows[table] == rows, "\(table)") }
            #expect(try reader.check().findings == [])
        }
    }

    @Test("two rebuilds give what one gives", arguments: choices)
    func twoRebuilds(ids: [Int64]) async throws {
        try await Self.withPruned(ids) { writer, _ in
            try writer.clearProjection()
            try Self.projector(writer).catchUp()
            let once = try ProjectionDump(writer.location)
            try writer.clearProjection()
            try Self.projector(writer).catchUp()
            #expect(try ProjectionDump(writer.location) == once)
        }
    }

    @Test("a report that came again after its body was taken is an attempt of it, after a rebuild too")
    func laterRepeat() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(target: "/a", body: Self.body)])
            try Self.projector(writer).catchUp()
            try writer.prune([1])
            try await writer.commitAll([.fixture(target: "/a", body: Self.body)])
            for isRebuilt in [false, true] {
                if isRebuilt { try writer.clearProjection() }
                try Self.projector(writer).catchUp()
                let reports = try ArchiveReader(writer.location).reports(matching: ReportFilter())
                #expect(reports.map(\.deliveryID.rawValue) == [1])
                #expect(reports.map(\.attemptCount) == [2])
                #expect(reports.map(\.lastDeliveryID.rawValue) == [2])
            }
        }
    }
}
