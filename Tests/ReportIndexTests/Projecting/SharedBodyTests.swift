import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

/// A body that came before with the same report is kept once.
@Suite struct SharedBodyTests {
    private static let text = #"{"note":""# + String(repeating: "0123456789", count: 10) + #""}"#

    /// How the bodies are stored, `zlib`, `raw` or the delivery that has the same one.
    private static func storage(_ location: ArchiveLocation) throws -> [String] {
        try PlainConnection.open(location) { db in
            try String.fetchAll(
                db, sql: "SELECT iif(encoding = 'same', sameAs, encoding) FROM body ORDER BY journalId")
        }
    }

    /// Commits the deliveries and projects each as one report, known by its target.
    private static func withProjected(
        _ deliveries: [SealedDelivery], _ body: (ArchiveWriter, ArchiveReader) throws -> Void
    ) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll(deliveries)
            try Projector.byTarget(writer).catchUp()
            try body(writer, ArchiveReader(writer.location))
        }
    }

    private static func stored(_ deliveries: [SealedDelivery]) async throws -> [String] {
        var stored: [String] = []
        try await withProjected(deliveries) { writer, _ in stored = try Self.storage(writer.location) }
        return stored
    }

    @Test("the body of a repeat is kept with the first arrival, and reads back byte for byte")
    func repeated() async throws {
        let deliveries = Array(repeating: SealedDelivery.fixture(body: .raw(Self.text)), count: 3)
        try await Self.withProjected(deliveries) { writer, reader in
            #expect(try Self.storage(writer.location) == ["raw", "1", "1"])
            for id in Int64(1)...3 {
                #expect(try reader.delivery(DeliveryID(rawValue: id))?.request.body == Array(Self.text.utf8))
            }
            let check = try reader.check()
            #expect(check.findings == [])
            #expect(check.bodyByteCount == Int64(3 * Self.text.utf8.count))
            #expect(try reader.statistics().sources.map(\.storedByteCount) == [Int64(Self.text.utf8.count)])
            #expect(try reader.reports(matching: ReportFilter()).map(\.storedByteCount) == [Self.text.utf8.count])
        }
    }

    @Test("a body stored as it came is shared with a compressed one: what counts is what arrived")
    func encodings() async throws {
        let deliveries: [SealedDelivery] = [
            .fixture(body: .compressed), .fixture(body: .raw(SealedBody.compressibleText)),
        ]
        try await Self.withProjected(deliveries) { writer, reader in
            #expect(try Self.storage(writer.location) == ["zlib", "1"])
            let body = try reader.delivery(DeliveryID(rawValue: 2))?.request.body
            #expect(body == Array(SealedBody.compressibleText.utf8))
        }
    }

    @Test("a repeat whose bytes differ keeps its own body, and later ones share with the one they equal")
    func otherBytes() async throws {
        let other = Self.text + " "
        let deliveries = [Self.text, other, other, Self.text].map { SealedDelivery.fixture(body: .raw($0)) }
        try await Self.withProjected(deliveries) { writer, reader in
            #expect(try Self.storage(writer.location) == ["raw", "raw", "2", "1"])
            let bodies = try (1...4).map { try reader.delivery(DeliveryID(rawValue: $0))?.request.body }
            #expect(bodies == [Self.text, other, other, Self.text].map { Array($0.utf8) })
        }
    }

    @Test("a body from another source, of another report or of few bytes is kept where it came")
    func notShared() async throws {
        let body = SealedBody.raw(Self.text)
        let sources: [SealedDelivery] = [.fixture(body: body), .fixture(source: "certn", body: body)]
        #expect(try await Self.stored(sources) == ["raw", "raw"])
        let reports: [SealedDelivery] = [.fixture(body: body), .fixture(target: "/other", body: body)]
        #expect(try await Self.stored(reports) == ["raw", "raw"])
        #expect(try await Self.stored([.fixture(), .fixture()]) == ["raw", "raw"])
    }

    @Test("another secret or verification does not keep a body from being shared")
    func otherOrigin() async throws {
        let body = SealedBody.raw(Self.text)
        let deliveries: [SealedDelivery] = [.fixture(body: body), .fixture(verification: .expired, body: body)]
        #expect(try await Self.stored(deliveries) == ["raw", "1"])
    }

    @Test("a report that stands twice in one delivery shares its body with nothing")
    func twiceInOne() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(body: .raw(Self.text))])
            try Projector(writer) { _ in [.fixture(), .fixture()] }.catchUp()
            #expect(try Self.storage(writer.location) == ["raw"])
        }
    }

    @Test("a body is not shared with one that retention took")
    func goneBody() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(body: .raw(Self.text))])
            try Projector.byTarget(writer).catchUp()
            try writer.prune([1])
            try await writer.commitAll([.fixture(body: .raw(Self.text)), .fixture(body: .raw(Self.text))])
            try Projector.byTarget(writer).catchUp()
            #expect(try Self.storage(writer.location) == ["gone", "raw", "2"])
        }
    }

    @Test("sharing and a rebuild leave the journal and its chain as they are")
    func rebuild() async throws {
        let deliveries = Array(repeating: SealedDelivery.fixture(body: .raw(Self.text)), count: 3)
        try await Self.withProjected(deliveries) { writer, reader in
            let before = try ProjectionDump(writer.location)
            try writer.clearProjection()
            try Projector.byTarget(writer).catchUp()
            #expect(try ProjectionDump(writer.location) == before)
            #expect(try reader.check().findings == [])
        }
    }

    @Test("the only sound copy of a body is not given up for one that was damaged meanwhile")
    func damagedFirst() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(body: .raw(Self.text))])
            try Projector.byTarget(writer).catchUp()
            try PlainConnection.open(writer.location) { db in
                try db.execute(sql: "UPDATE body SET bytes = zeroblob(length(bytes)) WHERE journalId = 1")
            }
            try await writer.commitAll([.fixture(body: .raw(Self.text))])
            try Projector.byTarget(writer).catchUp()
            let reader = try ArchiveReader(writer.location)
            #expect(try reader.delivery(DeliveryID(rawValue: 2))?.request.body == Array(Self.text.utf8))
        }
    }
}
