import Deliveries
import Providers
import ReportArchive
import StrictJSON
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Deliveries of elsewhere on their way into the journal")
struct ImportWorkTests {
    private static func record(
        _ sample: String = "klavi/link-created-event", claimed: Verification = .verified, body: [UInt8]? = nil
    ) -> ImportRecord {
        let request = Sample.named(sample).request
        var generator = SplitMix64(seed: 9)
        return ImportRecord(
            uuid: UUIDv7(at: request.receivedAt, using: &generator), source: "klavi", receivedAt: request.receivedAt,
            method: request.method, target: request.target.text, peer: request.peer, headers: request.headers,
            body: body ?? request.body, claimed: claimed)
    }

    /// The verification of each record after it was imported beside the archive's one delivery.
    private static func verifications(_ records: [ImportRecord], checks: Bool = true) async throws -> [Verification] {
        try await TestArchive.with { archive in
            let writer = try ArchiveWriter(archive.location)
            defer { writer.close() }
            let work = ControlWork(
                writer: writer, sources: { () throws(CommandFailure) in SampleSources.table },
                retention: { Retention() }, now: { .fixture })
            let request = ControlRequest.importDeliveries(ImportRequest(records: records, checksSignatures: checks))
            let told = try work(request)
            let reader = try ArchiveReader(archive.location)
            let imported = try (0..<records.count).map { position in
                try #require(try reader.delivery(DeliveryID(rawValue: Int64(position) + 2)))
            }
            #expect(imported.map(\.uuid) == records.map(\.uuid))
            #expect(imported.map(\.request.body) == records.map(\.body))
            #expect(imported.map(\.request.headers) == records.map(\.headers))
            #expect(imported.map(\.request.receivedAt) == records.map(\.receivedAt))
            let verified = imported.count { $0.verification == .verified }
            #expect(told.compact == #"{"imported":\#(records.count),"verified":\#(verified)}"#)
            return imported.map(\.verification)
        }
    }

    @Test("a signature that today's secrets prove, as at its time, is verified whatever was claimed")
    func verified() async throws {
        let records = [Self.record(), Self.record(claimed: .unverified), Self.record(claimed: .failed)]
        #expect(try await Self.verifications(records) == [.verified, .verified, .verified])
    }

    @Test("what they do not prove is not verified, whatever was claimed")
    func unproved() async throws {
        let body = Array("{}".utf8)
        let records = [
            Self.record(body: body), Self.record(claimed: .failed, body: body),
            Self.record(claimed: .expired, body: body),
            Self.record(claimed: .fetched, body: body),
        ]
        #expect(try await Self.verifications(records) == [.unverified, .failed, .failed, .fetched])
    }

    @Test("nothing is verified where nothing is checked")
    func unchecked() async throws {
        #expect(try await Self.verifications([Self.record()], checks: false) == [.unverified])
    }

    @Test("a request is read back as it was written")
    func roundTrip() throws {
        let records = [Self.record(), Self.record(body: [0xff, 0])]
        let request = ControlRequest.importDeliveries(ImportRequest(records: records, checksSignatures: true))
        #expect(ControlRequest(path: "/import", body: Array(request.body.utf8)) == request)
    }

    @Test(
        "what is none is refused whole",
        arguments: [
            "{}", #"{"deliveries":[]}"#, #"{"checksSignatures":true,"deliveries":{}}"#,
            #"{"checksSignatures":true,"deliveries":[{}]}"#,
        ])
    func damaged(body: String) {
        #expect(ControlRequest(path: "/import", body: Array(body.utf8)) == nil)
    }
}
