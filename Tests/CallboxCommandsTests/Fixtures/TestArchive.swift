import CallboxConfiguration
import Deliveries
import Foundation
import Journal
import Providers
import Quarantine
import ReportIndex
import TestKit

@testable import CallboxCommands

/// An archive in a folder of its own, with one delivery of a sample in its journal and no index.
struct TestArchive {
    /// The ID of the one delivery.
    static let deliveryID = DeliveryID(rawValue: 1)

    /// A record of a replay of the one delivery.
    static let replay = ReplayRecord(
        deliveryID: deliveryID, startedAt: .fixture, method: "POST", url: "http://localhost:3000/",
        durationMilliseconds: 12, outcome: .failed("nothing listens there, or it rejects connections"))

    let directory: ArchiveDirectory

    /// Runs `body` with an archive that is there until it returns.
    static func with<Value>(_ body: (TestArchive) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            let archive = TestArchive(directory: ArchiveDirectory(path: folder.path(of: "archive")))
            let writer = try JournalWriter(archive.directory)
            defer { writer.close() }
            try writer.append([.delivery(EncodedDelivery(.sample("klavi/link-created-event")))], at: .fixture)
            writer.close()
            return try await body(archive)
        }
    }

    /// The samples' configuration with this archive.
    func configuration() throws -> CallboxConfiguration {
        var configuration = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
        configuration.archivePath = directory.path
        return configuration
    }

    /// Indexes what the journal holds, as the configuration says.
    func index() throws {
        try Indexer(directory, parser: ReportParser(configuration())).catchUp()
    }

    /// Runs `body` with the archive open for writing, as a server has it or as a command has it, and closes it.
    func opened<Value>(
        isServed: Bool = false, sources: SourceTable = SampleSources.table,
        retention: @escaping @Sendable () -> Retention = { Retention() },
        now: @escaping @Sendable () -> Timestamp = { .fixture }, _ body: (OpenArchive) async throws -> Value
    ) async throws -> Value {
        let writer = try JournalWriter(directory)
        defer { writer.close() }
        let parser = ReportParser(try configuration())
        let indexer = try Indexer(directory, parser: parser)
        if isServed {
            writer.onGrowth { indexer.wake() }
            indexer.start { _ in }
        }
        let quarantine = try QuarantineWriter(directory)
        defer {
            quarantine.close()
            if isServed { indexer.stop() } else { indexer.close() }
        }
        return try await body(
            OpenArchive(
                writer: writer, indexer: indexer, quarantine: quarantine, parser: parser,
                sources: { () throws(CommandFailure) in sources }, retention: retention, now: now, isServed: isServed))
    }
}
