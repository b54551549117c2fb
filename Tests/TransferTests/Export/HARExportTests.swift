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
        Array(try #require(try root(records)["log"]?["entries"]).elements)
    }

    private static func root(_ records: [DeliveryRecord]) throws -> JSONValue {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "x.har")
            var export = try HARExport(ExportFile.whole(path), version: "1")
            for record in records { try export.add(record) }
            try export.finish()
            let text = Array(try Data(contentsOf: URL(filePath: path)))
            return try JSONDocument(parsing: text).root
        }
    }

    private static func read(_ entry: JSONValue) throws -> RecordReader.Reading? {
        try HARReader.read(entry, source: nil) { _ in nil }
    }

    @Test("every sample is the same after exporting and importing")
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

    @Test("a binary body is written as base64, and a pruned body is omitted")
    func bodies() throws {
        let entries = try Self.entries([.body([0xff, 0x00]), .body([], pruningReason: "over")])
        let post = try #require(entries[0]["request"]?["postData"])
        #expect(post["encoding"]?.string == "base64")
        #expect(post["text"]?.string == "/wA=")
        #expect(entries[1]["request"]?["postData"] == nil)
        #expect(try Self.read(entries[1]) == .bodyless)
    }

    @Test("every sample, a body without a type, a pruned body and an empty export conform to HAR 1.2")
    func schema() throws {
        let samples = Sample.all.filter(\.isArchived).map { DeliveryRecord.sample($0.name) }
        let others: [DeliveryRecord] = [.body([0xff]), .body(Array("a".utf8)), .body([], pruningReason: "over")]
        for records in [samples, others, []] {
            let root = try Self.root(records)
            #expect(HARSchema.violations(root) == [])
            #expect(root["log"]?["version"]?.string == "1.2")
        }
        #expect(try Self.entries(others)[1]["request"]?["postData"]?["mimeType"]?.string == "application/octet-stream")
        #expect(try Self.entries([]).isEmpty)
    }

    @Test("the schema of these tests detects violations of HAR 1.2")
    func violations() throws {
        let text =
            #"{"log":{"version":"","entries":[{"startedDateTime":"2026-11-21T10:00:00","request":{"url":"/a b"},"x":1}]}}"#
        let found = HARSchema.violations(try JSONDocument(parsing: Array(text.utf8)).root)
        for violation in [
            ".log.version is empty or not a string", ".log lacks creator", ".log.entries[0] lacks response",
            ".log.entries[0].startedDateTime is not a time with a zone",
            ".log.entries[0].request.url is not an absolute URL",
            ".log.entries[0].x is not a member of HAR 1.2",
        ] {
            #expect(found.contains(violation))
        }
    }

    @Test(
        "the URL of an entry is absolute and valid, and the target is the same after importing",
        arguments: [
            ("/a|b\"?c=ü", "h", "http://h/a%7Cb%22?c=%C3%BC"), ("*", "h", "http://h/*"),
            ("https://x/a", "h", "https://x/a"),
            ("/a", "", "http://callbox.invalid/a"), ("/a", "u@h", "http://callbox.invalid/a"),
            ("/a%20b", "[::1]:8787", "http://[::1]:8787/a%20b"),
        ])
    func url(target: String, host: String, url: String) throws {
        let entry = try #require(try Self.entries([.request(target: target, host: host)]).first)
        #expect(entry["request"]?["url"]?.string == url)
        guard case .record(let read)? = try Self.read(entry) else {
            Issue.record("\(target) is not read")
            return
        }
        #expect(read.target == target)
    }
}
