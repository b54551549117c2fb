import ArchiveTestKit
import Deliveries
import GRDB
import StrictJSON
import TestKit
import Testing
import TextForms

@testable import Journal
@testable import ReportIndex

@Suite("Scans over bodies")
struct ReportScanTests {
    /// The bodies contain the numbers from 1 to `count`. Every tenth body contains the name that is searched.
    private static let count = 130

    private static func body(_ number: Int) -> String {
        let name = number.isMultiple(of: 10) ? "Conceição" : "nobody"
        return
            #"{"number":\#(number),"accounts":[{"bank":"x","balance":"1.0"},{"bank":"\#(name)","balance":"\#(number)"}]}"#
    }

    private static func withReader(
        _ body: (IndexArchive, ArchiveReader) async throws -> Void
    ) async throws {
        try await IndexArchive.with { archive in
            for number in 1...count {
                try await archive.commitAll([.fixture(body: .raw(Self.body(number)))])
            }
            try archive.index { [.fixture(key: "\($0.id.rawValue)")] }
            try await body(archive, archive.reader())
        }
    }

    private static func filter(_ path: String, _ relation: ValueTest.Relation, _ operand: String) throws -> ReportFilter
    {
        var filter = ReportFilter()
        filter.bodyTests = [
            BodyTest(
                try #require(JSONPath(path, allowsEvery: true)), try #require(ValueTest(relation, operand)))
        ]
        return filter
    }

    @Test("a scan finds values that are only in bodies, newest first, and counts them")
    func finds() async throws {
        try await Self.withReader { _, reader in
            var found: [Int64] = []
            let counts = try reader.forEachReport(
                matching: Self.filter("$.accounts[*].balance", .greaterOrEqual, "128")
            ) { found.append($0.deliveryID.rawValue) }
            #expect(found == [130, 129, 128])
            #expect(counts?.scanned == Self.count)
            #expect(counts?.matched == 3)
            #expect(counts?.skipped == 0)
            #expect(counts?.isComplete == true)
        }
    }

    @Test("text is found in any letter case, with and without JSON escapes")
    func texts() async throws {
        try await Self.withReader { archive, reader in
            try await archive.commitAll([.fixture(body: .raw(#"{"a":"CONCEI\u00c7\u00c3O"}"#))])
            try archive.index { [.fixture(key: "escaped \($0.id.rawValue)")] }
            var filter = ReportFilter()
            filter.texts = ["conceiÇÃO"]
            #expect(try reader.reports(matching: filter).isEmpty)
            filter.folds = true
            let found = try reader.reports(matching: filter).map(\.deliveryID.rawValue)
            #expect(found == [131, 130, 120, 110, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10])
            filter.texts = ["NUMBER\":7,"]
            #expect(try reader.reports(matching: filter).map(\.deliveryID.rawValue) == [7])
            filter.texts = ["not there"]
            #expect(try reader.reports(matching: filter).isEmpty)
        }
    }

    @Test("bodies that the index excludes are not opened")
    func narrowed() async throws {
        try await Self.withReader { archive, reader in
            try await archive.commitAll([.fixture(source: "other", body: .raw(Self.body(10)))])
            try archive.index { [.fixture(type: "other", key: "other \($0.id.rawValue)")] }
            var filter = try Self.filter("$.number", .equal, "1e1")
            filter.types = ["other"]
            var found = 0
            let counts = try reader.forEachReport(matching: filter) { _ in found += 1 }
            #expect(found == 1)
            #expect(counts?.scanned == 1)
        }
    }

    @Test("pruned bodies count as skipped, and damaged bodies as damaged")
    func notOpened() async throws {
        try await Self.withReader { archive, reader in
            try archive.prune([5, 6, 130])
            try PlainConnection.damage(
                archive.directory.journal.path, "UPDATE entry SET encoding = 1 WHERE position = 9")
            let counts = try reader.forEachReport(matching: Self.filter("$.number", .greater, "0")) { _ in }
            #expect(counts?.scanned == Self.count - 4)
            #expect(counts?.matched == Self.count - 4)
            #expect(counts?.skipped == 3)
            #expect(counts?.damaged == 1)
        }
    }

    @Test("a scan ends at the limit, or when it is stopped")
    func ends() async throws {
        try await Self.withReader { _, reader in
            var filter = try Self.filter("$.number", .greater, "0")
            filter.limit = 2
            var found: [Int64] = []
            var counts = try reader.forEachReport(matching: filter) { found.append($0.deliveryID.rawValue) }
            #expect(found == [130, 129])
            #expect(counts?.isComplete == false)
            filter.limit = nil
            let watch = ScanWatch()
            found = []
            counts = try reader.forEachReport(matching: filter, watch: watch) { report in
                found.append(report.deliveryID.rawValue)
                watch.stop()
            }
            #expect(found.first == 130 && found.count < Self.count)
            #expect(counts?.isComplete == false)
        }
    }

    @Test("an error from the caller ends the scan and is rethrown")
    func callersFailure() async throws {
        struct Enough: Error {}
        try await Self.withReader { _, reader in
            #expect(throws: Enough.self) {
                try reader.forEachReport(matching: Self.filter("$.number", .greater, "0")) { _ in throw Enough() }
            }
        }
    }

    @Test("text is also found in the externalInfo of a delivery without a body")
    func redirects() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(body: .raw("")), .fixture(body: .raw(""))])
            try archive.index { delivery in
                [.fixture(key: "\(delivery.id)", externalInfo: #"{"traceId":"T-\#(delivery.id)"}"#)]
            }
            var filter = ReportFilter()
            filter.texts = ["t-2"]
            #expect(try archive.reader().reports(matching: filter).isEmpty)
            filter.folds = true
            #expect(try archive.reader().reports(matching: filter).map(\.deliveryID.rawValue) == [2])
        }
    }

    @Test("the latest report is selected among the reports whose bodies match")
    func latest() async throws {
        try await IndexArchive.with { archive in
            for number in 1...4 { try await archive.commitAll([.fixture(body: .raw(Self.body(number)))]) }
            try archive.index { delivery in
                [.fixture(key: "\(delivery.id)", fields: [ReportField("linkId", "\(delivery.id.rawValue % 2)")])]
            }
            var filter = try Self.filter("$.number", .less, "4")
            filter.latestPer = .link
            #expect(try archive.reader().reports(matching: filter).map(\.deliveryID.rawValue) == [3, 2])
        }
    }
}

@Suite("Scan parts")
struct ScanPartsTests {
    @Test("scan parts cover the range once, newest first, starting with small parts")
    func parts() {
        let range = ArrivalID(3, 0).rawValue...ArrivalID(5000, 7).rawValue
        var parts = ScanParts(range, greatestCount: 1024)
        #expect(parts.remaining == 4998)
        var next = ArrivalID(5000, 7).deliveryID
        var sizes: [Int64] = []
        while let part = parts.next() {
            #expect(ArrivalID(rawValue: part.arrivals.upperBound).deliveryID == next)
            next = ArrivalID(rawValue: part.arrivals.lowerBound).deliveryID - 1
            sizes.append(part.deliveryCount)
        }
        #expect(next == 2)
        #expect(sizes.prefix(7) == [32, 64, 128, 256, 512, 1024, 1024])
        #expect(sizes.reduce(0, +) == 4998)
    }
}
