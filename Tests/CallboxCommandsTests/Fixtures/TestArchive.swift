import Deliveries
import Foundation
import ReportArchive
import Synchronization
import TestKit

@testable import CallboxCommands

/// An archive in a folder of its own, with one delivery of a sample in its journal and nothing projected yet.
struct TestArchive {
    struct NotStored: Error {}

    /// The number of the one delivery.
    static let deliveryID = DeliveryID(rawValue: 1)

    /// A record of a replay of the one delivery.
    static let replay = ReplayRecord(
        deliveryID: deliveryID, startedAt: .fixture, method: "POST", url: "http://localhost:3000/",
        durationMilliseconds: 12, outcome: .failed("nothing listens there, or it refuses connections"))

    let location: ArchiveLocation

    /// Runs `body` with an archive that is there until it returns.
    static func with<Value>(_ body: (TestArchive) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            let archive = TestArchive(location: ArchiveLocation(path: folder.path(of: "archive.sqlite")))
            try archive.fill(with: .sample("klavi/link-created-event"))
            return try await body(archive)
        }
    }

    /// The samples' configuration with this archive.
    func configuration() throws -> CallboxConfiguration {
        var configuration = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
        configuration.archivePath = location.path
        return configuration
    }

    private func fill(with delivery: ArchivedDelivery) throws {
        let request = delivery.request
        let sealed = SealedDelivery(
            uuid: delivery.uuid, source: delivery.source, receivedAt: request.receivedAt,
            verification: delivery.verification, secretName: delivery.secretName,
            head: SealedHead(storedBytes: DeliveryHead(of: request).text, sha256: .digestFixture),
            body: SealedBody(
                encoding: .raw, storedBytes: request.body, byteCount: request.body.count, sha256: delivery.bodySHA256),
            headSalt: .saltFixture, bodySalt: .saltFixture)
        let stored = StoredID()
        let writer = try ArchiveWriter(location)
        writer.commit(sealed) { outcome in
            if case .durable(let receipt) = outcome { stored.id.withLock { $0 = receipt.deliveryID } }
        }
        // Finishes what waits.
        writer.close()
        guard stored.id.withLock({ $0 }) == Self.deliveryID else { throw NotStored() }
    }

    private final class StoredID: Sendable {
        let id = Mutex<DeliveryID?>(nil)
    }
}
