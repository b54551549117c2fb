import Deliveries
import Providers
import ReportArchive
import StrictJSON
import TestKit
import Testing

@testable import CallboxCommands

@Suite("What a command wants written, carried out")
struct ControlWorkTests {
    private static let signed = Sample.named("klavi/link-created-event").request

    /// The moment of every promotion.
    private static let now = Timestamp.fixture.advanced(byMilliseconds: 60_000)

    /// Runs `body` with an archive of one delivery and a quarantine of one, which is number 1.
    private static func with(
        _ request: InboundRequest = signed, source: String = "klavi", sources: SourceTable = SampleSources.table,
        _ body: (ControlWork, ArchiveReader) async throws -> Void
    ) async throws {
        try await TestArchive.with { archive in
            let writer = try ArchiveWriter(archive.location)
            defer { writer.close() }
            var generator = SplitMix64(seed: 2)
            writer.quarantine(
                QuarantinedDelivery(
                    uuid: UUIDv7(at: request.receivedAt, using: &generator), source: source, request: request,
                    verification: .failed, reason: "no configured secret gives this signature",
                    bodySHA256: .digestFixture))
            // Jobs run in their order: once this one is done the delivery is where it belongs.
            _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
            let work = ControlWork(
                writer: writer, sources: { () throws(CommandFailure) in sources },
                retention: { Retention() }, now: { now })
            try await body(work, ArchiveReader(archive.location))
        }
    }

    private static let first = QuarantineID(rawValue: 1)

    private static func unsigned() -> InboundRequest {
        InboundRequest(
            method: "POST", target: signed.target, headers: [HeaderField("Host", "h")], body: signed.body,
            peer: signed.peer, receivedAt: signed.receivedAt)
    }

    @Test("what today's secrets prove is the journal's next delivery, verified, with its identifier and its time")
    func promoted() async throws {
        try await Self.with { work, reader in
            let entry = try #require(try reader.quarantined(Self.first))
            #expect(try work(.promote(Self.first, forcedBecause: nil)).compact == #"{"id":2}"#)
            let delivery = try #require(try reader.delivery(DeliveryID(rawValue: 2)))
            #expect(delivery.verification == .verified)
            #expect(delivery.secretName == "primary")
            #expect(delivery.uuid == entry.delivery.uuid)
            #expect(delivery.request.receivedAt == Self.signed.receivedAt)
            #expect(delivery.request.body == Self.signed.body)
            #expect(delivery.request.headers == Self.signed.headers)
            let promotion = try #require(try reader.promotion(of: delivery.id))
            #expect(promotion.promotedAt == Self.now)
            #expect(promotion.quarantineID == Self.first)
            #expect(promotion.reason == "no configured secret gives this signature")
            #expect(promotion.forcedBecause == nil)
            #expect(try reader.quarantined(Self.first) == nil)
        }
    }

    @Test("what is proved is not forced, whatever was asked for")
    func needlesslyForced() async throws {
        try await Self.with { work, reader in
            _ = try work(.promote(Self.first, forcedBecause: "case-1"))
            #expect(try reader.delivery(DeliveryID(rawValue: 2))?.verification == .verified)
            #expect(try reader.promotion(of: DeliveryID(rawValue: 2))?.forcedBecause == nil)
        }
    }

    @Test("what is still not proved stays where it is, and the command is told why")
    func stillRefused() async throws {
        try await Self.with(Self.unsigned()) { work, reader in
            let failure = #expect(throws: CommandFailure.self) {
                try work(.promote(Self.first, forcedBecause: nil))
            }
            #expect(failure?.status == .negative)
            #expect(failure?.message == "quarantined delivery 1 is still not proved: no signature header")
            #expect(failure?.advice?.contains("--force --reason") == true)
            let kept = try reader.quarantined(Self.first)
            #expect(kept != nil)
            let added = try reader.delivery(DeliveryID(rawValue: 2))
            #expect(added == nil)
        }
    }

    @Test("a person may let it in unproved, and it is marked so for good")
    func forced() async throws {
        try await Self.with(Self.unsigned()) { work, reader in
            #expect(try work(.promote(Self.first, forcedBecause: "case-4711")).compact == #"{"id":2}"#)
            let delivery = try #require(try reader.delivery(DeliveryID(rawValue: 2)))
            #expect(delivery.verification == .failed)
            #expect(delivery.secretName == nil)
            #expect(try reader.promotion(of: delivery.id)?.forcedBecause == "case-4711")
        }
    }

    @Test("a source that is gone proves nothing, and its delivery can only be forced")
    func unknownSource() async throws {
        try await Self.with(source: "gone") { work, reader in
            let failure = #expect(throws: CommandFailure.self) {
                try work(.promote(Self.first, forcedBecause: nil))
            }
            #expect(
                failure?.message
                    == "quarantined delivery 1 is still not proved: no source gone is configured any more")
            _ = try work(.promote(Self.first, forcedBecause: "x"))
            #expect(try reader.delivery(DeliveryID(rawValue: 2))?.source == "gone")
        }
    }

    @Test("a number that is not in the quarantine, or not any more, is told")
    func missing() async throws {
        try await Self.with { work, reader in
            #expect(throws: CommandFailure.notQuarantined(QuarantineID(rawValue: 9))) {
                try work(.promote(QuarantineID(rawValue: 9), forcedBecause: "x"))
            }
            _ = try work(.promote(Self.first, forcedBecause: nil))
            #expect(throws: CommandFailure.notQuarantined(Self.first)) {
                try work(.promote(Self.first, forcedBecause: nil))
            }
            #expect(try reader.check().deliveryCount == 2)
        }
    }

    @Test("what is forgotten is counted")
    func purge() async throws {
        try await Self.with { work, _ in
            let told = [
                try work(.purgeQuarantine(QuarantineID(rawValue: 9))), try work(.purgeQuarantine(nil)),
                try work(.purgeQuarantine(Self.first)),
            ]
            #expect(told.map(\.compact) == [#"{"count":0}"#, #"{"count":1}"#, #"{"count":0}"#])
        }
    }

    @Test("secrets that cannot be read stop a promotion before anything moves")
    func unreadableSecrets() async throws {
        try await Self.with { work, reader in
            let failing = ControlWork(
                writer: work.writer,
                sources: { () throws(CommandFailure) in throw CommandFailure(.configuration, "no secret") },
                retention: work.retention, now: work.now)
            #expect(throws: CommandFailure(.configuration, "no secret")) {
                try failing(.promote(Self.first, forcedBecause: "x"))
            }
            let kept = try reader.quarantined(Self.first)
            #expect(kept != nil)
        }
    }
}

@Suite("What a command asks of the quarantine")
struct QuarantineControlRequestTests {
    @Test(
        "a request reads back as it was",
        arguments: [
            .promote(QuarantineID(rawValue: 1), forcedBecause: nil),
            .promote(QuarantineID(rawValue: 999_999_999_999), forcedBecause: "\"quoted\"\n\u{202e}é"),
            .purgeQuarantine(nil), .purgeQuarantine(QuarantineID(rawValue: 7)),
        ] as [ControlRequest])
    func roundTrip(request: ControlRequest) {
        #expect(ControlRequest(path: request.path, body: Array(request.body.utf8)) == request)
    }

    @Test(
        "what is damaged is none; above all it does not forget everything",
        arguments: ["/quarantine/promote", "/quarantine/purge"],
        ["{}", "[]", "7", "", #"{"id":"3"}"#, #"{"id":-3}"#, #"{"id":3.5}"#, #"{"id":[3]}"#, #"{"ID":3}"#])
    func damaged(path: String, body: String) {
        #expect(ControlRequest(path: path, body: Array(body.utf8)) == nil)
    }
}
