import CallboxConfiguration
import Deliveries
import Providers
import Quarantine
import ReportIndex
import ServerTestKit
import StrictJSON
import TestKit
import Testing

@testable import CallboxServer

@Suite("Releasing deliveries from the quarantine", .offPool)
struct QuarantineReleaseTests {
    private static let signed = Sample.named("klavi/link-created-event").request

    /// The time of all releases.
    private static let now = Timestamp.fixture.advanced(byMilliseconds: 60_000)

    /// Runs `body` with an archive that has one delivery, and a quarantine that has one delivery with the ID 1.
    private static func with(
        _ request: InboundRequest = signed, source: String = "klavi",
        reason: OriginCheck.Rejection = .mismatch, sources: SourceTable = SampleSources.table,
        _ body: (Bench) async throws -> Void
    ) async throws {
        try await TestArchive.with { archive in
            try await archive.opened(sources: sources, now: { now }) { open in
                var generator = SplitMix64(seed: 2)
                let delivery = QuarantinedDelivery(
                    uuid: UUIDv7(at: request.receivedAt, using: &generator), source: source, request: request,
                    verification: .failed, reason: reason.rawValue,
                    bodySHA256: .digestFixture)
                #expect(open.quarantine.add(delivery))
                // When a job returns, all deliveries that were added before the job are stored.
                _ = try open.quarantine.delete(QuarantineID(rawValue: 99))
                try await body(Bench(open: open))
            }
        }
    }

    /// An open archive that is indexed after each job.
    private struct Bench {
        let open: OpenArchive

        func run(_ job: MaintenanceJob) throws -> MaintenanceResult {
            let result = try Maintenance(open).run(job) { _ in }
            try open.indexEverything()
            return result
        }

        func delivery(_ id: Int64) throws -> ArchivedDelivery? {
            try open.reader().delivery(DeliveryID(rawValue: id))
        }

        func release(_ id: Int64) throws -> QuarantineRelease? {
            try open.reader().release(of: DeliveryID(rawValue: id))
        }

        func quarantined(_ id: QuarantineID = first) throws -> QuarantineEntry? {
            let reader = QuarantineReader(open.directory)
            defer { reader.close() }
            return try reader.entry(id)
        }
    }

    private static let first = QuarantineID(rawValue: 1)

    private static func unsigned() -> InboundRequest {
        InboundRequest(
            method: "POST", target: signed.target, headers: [HeaderField("Host", "h")], body: signed.body,
            peer: signed.peer, receivedAt: signed.receivedAt)
    }

    @Test("a delivery that the current secrets verify is archived as verified, with its identifier and time")
    func released() async throws {
        try await Self.with { bench in
            let entry = try #require(try bench.quarantined())
            #expect(try bench.run(.release(Self.first, forcedBecause: nil)) == .released(DeliveryID(rawValue: 2)))
            let delivery = try #require(try bench.delivery(2))
            #expect(delivery.verification == .verified)
            #expect(delivery.secretName == "primary")
            #expect(delivery.uuid == entry.delivery.uuid)
            #expect(delivery.request.receivedAt == Self.signed.receivedAt)
            #expect(delivery.request.body == Self.signed.body)
            #expect(delivery.request.headers == Self.signed.headers)
            let release = try #require(try bench.release(2))
            #expect(release.releasedAt == Self.now)
            #expect(release.quarantineID == Self.first)
            #expect(release.reason == "no configured secret matches the signature")
            #expect(release.forcedBecause == nil)
            #expect(try bench.quarantined() == nil)
        }
    }

    @Test("a verified delivery is not marked as forced, even if --force was passed")
    func needlesslyForced() async throws {
        try await Self.with { bench in
            _ = try bench.run(.release(Self.first, forcedBecause: "case-1"))
            #expect(try bench.delivery(2)?.verification == .verified)
            #expect(try bench.release(2)?.forcedBecause == nil)
        }
    }

    @Test("a delivery that cannot be verified stays in the quarantine, and the command gets the reason")
    func stillRejected() async throws {
        try await Self.with(Self.unsigned()) { bench in
            #expect(throws: ServerError.stillUnverified(Self.first, reason: "no signature header")) {
                try bench.run(.release(Self.first, forcedBecause: nil))
            }
            let kept = try bench.quarantined()
            #expect(kept != nil)
            let added = try bench.delivery(2)
            #expect(added == nil)
        }
    }

    @Test("a forced release archives an unverified delivery and marks it permanently as failed")
    func forced() async throws {
        try await Self.with(Self.unsigned()) { bench in
            #expect(
                try bench.run(.release(Self.first, forcedBecause: "case-4711")) == .released(DeliveryID(rawValue: 2)))
            let delivery = try #require(try bench.delivery(2))
            #expect(delivery.verification == .failed)
            #expect(delivery.secretName == nil)
            #expect(try bench.release(2)?.forcedBecause == "case-4711")
        }
    }

    @Test("a delivery of a removed source cannot be verified, so its release must be forced")
    func unknownSource() async throws {
        try await Self.with(source: "gone") { bench in
            #expect(throws: ServerError.stillUnverified(Self.first, reason: "the source gone is no longer configured"))
            {
                try bench.run(.release(Self.first, forcedBecause: nil))
            }
            _ = try bench.run(.release(Self.first, forcedBecause: "x"))
            #expect(try bench.delivery(2)?.source == "gone")
        }
    }

    @Test("the release of an unknown or already released delivery fails")
    func missing() async throws {
        try await Self.with { bench in
            #expect(throws: ServerError.notQuarantined(QuarantineID(rawValue: 9))) {
                try bench.run(.release(QuarantineID(rawValue: 9), forcedBecause: "x"))
            }
            _ = try bench.run(.release(Self.first, forcedBecause: nil))
            #expect(throws: ServerError.notQuarantined(Self.first)) {
                try bench.run(.release(Self.first, forcedBecause: nil))
            }
            #expect(try bench.delivery(2) != nil && bench.delivery(4) == nil)
        }
    }

    @Test("deleted deliveries are counted")
    func delete() async throws {
        try await Self.with { bench in
            let results = [
                try bench.run(.deleteQuarantined(QuarantineID(rawValue: 9))), try bench.run(.emptyQuarantine),
                try bench.run(.deleteQuarantined(Self.first)),
            ]
            #expect(results == [.deleted(0), .deleted(1), .deleted(0)])
        }
    }

    @Test("a delivery whose client certificate was not accepted is not released, but one with a rejected signature is")
    func clientCertificate() async throws {
        var policy = SenderPolicy()
        policy.certificates = [ClientCertificate(fingerprint: "aa")]
        let source = Source(
            name: "klavi", provider: KlaviProvider(), path: "/klavi",
            originPolicy: .required(secrets: [SampleSources.klaviSecret], toleranceMilliseconds: 0),
            senderPolicy: policy)
        for rejection in [OriginCheck.Rejection.certificate, .address, .unknownAddress] {
            try await Self.with(reason: rejection, sources: SourceTable([source])) { bench in
                let reason = OriginCheck.Rejection.certificate.rawValue
                #expect(throws: ServerError.stillUnverified(Self.first, reason: reason)) {
                    try bench.run(.release(Self.first, forcedBecause: nil))
                }
            }
        }
        try await Self.with(sources: SourceTable([source])) { bench in
            let released = try bench.run(.release(Self.first, forcedBecause: nil))
            #expect(released == .released(DeliveryID(rawValue: 2)))
        }
    }

    @Test("unreadable secrets stop a release before the delivery is moved")
    func unreadableSecrets() async throws {
        try await Self.with { bench in
            let open = bench.open
            var failing = open
            failing.sources = { throw ConfigurationError.invalid("no secret") }
            #expect(throws: ConfigurationError.invalid("no secret")) {
                try Maintenance(failing).run(.release(Self.first, forcedBecause: "x")) { _ in }
            }
            let kept = try bench.quarantined()
            #expect(kept != nil)
        }
    }
}
