import Deliveries
import Foundation
import ReportIndex
import StrictJSON
import TestKit
import Testing

@testable import Transfer

@Suite("Exporting a HAR")
struct HARExportTests {
    private static func entries(_ records: [DeliveryRecord]) throws -> [JSONValue] {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "x.har")
            var export = try HARExport(ExportFile.whole(path), version: "1")
            for record in records { try export.add(record) }
            try export.finish()
            let text = Array(try Data(contentsOf: URL(filePath: path)))
            let log = try #require(try JSONDocument(parsing: text).root["log"])
            #expect(log["version"]?.string == "1.2")
            return Array(try #require(log["entries"]).elements)
        }
    }

    private static func read(_ entry: JSONValue) throws -> RecordReader.Reading? {
        try HARReader.read(entry, source: nil) { _ in nil }
    }

    @Test("every sample is read back unchanged")
    func roundTrip() throws {
        let samples = Sample.all.filter(\.isArchived)
        let entries = try Self.entries(samples.map { .sample($0.name) })
        #expect(entries.count == samples.count)
        for (sample, entry) in zip(samples, entries) {
            guard case .record(let read)? = try Self.read(entry) else {
                Issue.record("\(sample.name) is not read")
                continue
            }
            #expect(read.body == sample.request.body && read.headers == sample.request.headers)
            #expect(read.target == sample.request.target.text && read.receivedAt == sample.request.receivedAt)
            #expect(read.uuid == DeliveryRecord.sample(sample.name).kept.delivery.uuid)
        }
    }

    @Test("a binary body is base 64, a pruned one is left out")
    func bodies() throws {
        let entries = try Self.entries([.body([0xff, 0x00]), .body([], pruningReason: "over")])
        let post = try #require(entries[0]["request"]?["postData"])
        #expect(post["encoding"]?.string == "base64")
        #expect(post["text"]?.string == "/wA=")
        #expect(entries[1]["request"]?["postData"] == nil)
        #expect(try Self.read(entries[1]) == .bodyless)
    }

    @Test("an empty export is a valid HAR")
    func empty() throws {
        #expect(try Self.entries([]).isEmpty)
    }
}
