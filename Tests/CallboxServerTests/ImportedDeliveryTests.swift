import CallboxConfiguration
import Deliveries
import Journal
import Providers
import ReportIndex
import ServerTestKit
import StrictJSON
import TestKit
import Testing

@testable import CallboxServer

@Suite("Verification of imported deliveries", .offPool)
struct ImportedDeliveryTests {
    private static func record(
        _ sample: String = "klavi/link-created-event", claimed: Verification = .verified, body: [UInt8]? = nil,
        seed: UInt64 = 9
    ) -> ImportedDelivery {
        let request = Sample.named(sample).request
        var generator = SplitMix64(seed: seed)
        return ImportedDelivery(
            uuid: UUIDv7(at: request.receivedAt, using: &generator), source: "klavi", receivedAt: request.receivedAt,
            method: request.method, target: request.target.text, peer: request.peer, headers: request.headers,
            body: body ?? request.body, claimed: claimed)
    }

    private static func append(
        _ records: [ImportedDelivery], checks: Bool = true, to open: OpenArchive
    ) throws -> AppendedEntries {
        try open.append(records.map { .delivery($0, checksSignature: checks) })
    }

    /// Imports records into an archive that has one delivery. Returns the verification of each imported delivery.
    private static func verifications(_ records: [ImportedDelivery], checks: Bool = true) async throws -> [Verification]
    {
        try await TestArchive.with { archive in
            try await archive.opened { open in
                let appended = try append(records, checks: checks, to: open)
                #expect(appended.positions == (0..<records.count).map { Int64($0) + 2 })
                let reader = try open.reader()
                let imported = try appended.positions.map { position in
                    try #require(try reader.delivery(DeliveryID(rawValue: position)))
                }
                #expect(imported.map(\.uuid) == records.map(\.uuid))
                #expect(imported.map(\.request.body) == records.map(\.body))
                #expect(imported.map(\.request.headers) == records.map(\.headers))
                #expect(imported.map(\.request.receivedAt) == records.map(\.receivedAt))
                #expect(appended.verifiedCount == Int64(imported.count { $0.verification == .verified }))
                return imported.map(\.verification)
            }
        }
    }

    @Test("an imported delivery with a valid signature is verified, regardless of the claim in the file")
    func verified() async throws {
        let records = [
            Self.record(seed: 1), Self.record(claimed: .unverified, seed: 2), Self.record(claimed: .failed, seed: 3),
        ]
        #expect(try await Self.verifications(records) == [.verified, .verified, .verified])
    }

    @Test("an imported delivery with an invalid signature is not verified, regardless of the claim in the file")
    func unproved() async throws {
        let body = Array("{}".utf8)
        let records = [
            Self.record(body: body, seed: 1), Self.record(claimed: .failed, body: body, seed: 2),
            Self.record(claimed: .expired, body: body, seed: 3), Self.record(claimed: .fetched, body: body, seed: 4),
        ]
        #expect(try await Self.verifications(records) == [.unverified, .failed, .failed, .unverified])
    }

    @Test("an import without signature checks verifies no delivery")
    func unchecked() async throws {
        #expect(try await Self.verifications([Self.record()], checks: false) == [.unverified])
    }

    @Test("a batch is rejected as a whole if the journal already has one of its deliveries")
    func known() async throws {
        try await TestArchive.with { archive in
            try await archive.opened { open throws in
                let record = Self.record(seed: 1)
                _ = try Self.append([record], to: open)
                #expect(throws: ArchiveError.self) { try Self.append([Self.record(seed: 2), record], to: open) }
                #expect(try JournalInfo(open.directory.journal).end?.position == 2)
            }
        }
    }

    @Test("secrets are needed only if signatures are checked")
    func secrets() async throws {
        try await TestArchive.with { archive in
            try await archive.opened { open throws in
                var failing = open
                failing.sources = { throw ConfigurationError.invalid("no secret") }
                #expect(throws: ConfigurationError.invalid("no secret")) {
                    try Self.append([Self.record()], to: failing)
                }
                #expect(try Self.append([Self.record()], checks: false, to: failing).positions == [2])
            }
        }
    }
}
