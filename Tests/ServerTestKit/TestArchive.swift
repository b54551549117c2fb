package import CallboxConfiguration
package import CallboxServer
package import Deliveries
import Foundation
package import Journal
package import Providers
import Quarantine
import ReportIndex
import TestKit

/// An archive in a temporary folder. The journal contains one sample delivery. The archive has no index.
package struct TestArchive {
    /// The ID of the delivery.
    package static let deliveryID = DeliveryID(rawValue: 1)

    /// The record of a replay of the delivery.
    package static let replay = ReplayRecord(
        deliveryID: deliveryID, startedAt: .fixture, method: "POST", url: "http://localhost:3000/",
        durationMilliseconds: 12, outcome: .failed("nothing listens there, or it rejects connections"))

    package let directory: ArchiveDirectory

    /// Runs `body` with an archive that is deleted when `body` returns.
    package static func with<Value>(_ body: (TestArchive) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            let archive = TestArchive(directory: ArchiveDirectory(path: folder.path(of: "archive")))
            let writer = try JournalWriter(archive.directory)
            defer { writer.close() }
            try writer.append([.delivery(EncodedDelivery(.sample("klavi/link-created-event")))], at: .fixture)
            writer.close()
            return try await body(archive)
        }
    }

    /// The samples' configuration, changed to use this archive.
    package func configuration() throws -> CallboxConfiguration {
        var configuration = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
        configuration.archivePath = directory.path
        return configuration
    }

    /// Indexes the journal with `configuration()`.
    package func index() throws {
        try Indexer(directory, parser: ReportParser(configuration())).catchUp()
    }

    /// Opens the archive for writing, as a server or a command does. Runs `body` and closes the archive.
    package func opened<Value>(
        isServed: Bool = false, sources: SourceTable = SampleSources.table,
        retention: @escaping @Sendable () -> Retention = { Retention() },
        now: @escaping @Sendable () -> Timestamp = { .fixture }, _ body: (OpenArchive) async throws -> Value
    ) async throws -> Value {
        let open = try OpenArchive(
            directory, parser: ReportParser(try configuration()), sources: { sources },
            retention: retention, now: now, isServed: isServed)
        defer {
            open.quarantine.close()
            if isServed { open.indexer.stop() } else { open.indexer.close() }
            open.writer.close()
        }
        if isServed { open.startIndexing() }
        return try await body(open)
    }
}
