import CallboxConfiguration
import Deliveries
import Foundation
import Journal
import ReportIndex
import ServerTestKit
import TestKit

@testable import CallboxCommands

/// An archive whose journal contains samples in the order given, and their index.
enum SampleArchive {
    static func with<Value>(_ names: [String], _ body: (ArchiveReader) throws -> Value) async throws -> Value {
        try TemporaryFolder.with { folder in
            let directory = ArchiveDirectory(path: folder.path(of: "archive"))
            let writer = try JournalWriter(directory)
            defer { writer.close() }
            let deliveries = names.enumerated().map { offset, name in
                NewEntry.delivery(EncodedDelivery(.sample(name), seed: UInt64(offset)))
            }
            try writer.append(deliveries, at: .fixture)
            let configuration = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
            try Indexer(directory, parser: ReportParser(configuration)).catchUp()
            return try body(try ArchiveReader(directory))
        }
    }
}
