import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Journal
import TestKit
import Testing

@testable import Quarantine

@Suite(.offPool) struct QuarantineLimitTests {
    /// The stored deliveries, newest first.
    private static func kept(_ deliveries: [QuarantinedDelivery], _ limits: QuarantineLimits) async throws -> [String] {
        var targets: [String] = []
        try await TestQuarantine.with(deliveries, limits: limits) { writer, reader in
            targets = try reader.targets()
            try expectRightTotals(writer)
        }
        return targets
    }

    /// Expects that the totals match the rows.
    private static func expectRightTotals(_ writer: QuarantineWriter) throws {
        try writer.perform { db in
            let rows = try Row.fetchAll(db, sql: "SELECT count(*), coalesce(sum(storedByteCount), 0) FROM quarantine")
            let totals = try Row.fetchAll(db, sql: "SELECT deliveryCount, byteCount FROM total")
            #expect(rows.map { Array($0.databaseValues) } == totals.map { Array($0.databaseValues) })
        }
    }

    private static func limits(count: Int? = nil, byteCount: Int? = nil, age: Duration? = nil) -> QuarantineLimits {
        var limits = QuarantineLimits()
        if let count { limits.count = count }
        if let byteCount { limits.byteCount = byteCount }
        if let age { limits.age = age }
        return limits
    }

    @Test("beyond the count limit, the oldest deliveries are deleted")
    func count() async throws {
        let rejected = ["/a", "/b", "/c", "/d"].map { QuarantinedDelivery.fixture(target: $0) }
        #expect(try await Self.kept(rejected, Self.limits(count: 2)) == ["/d", "/c"])
        #expect(try await Self.kept(rejected, Self.limits(count: 4)) == ["/d", "/c", "/b", "/a"])
        #expect(try await Self.kept(rejected, Self.limits(count: 0)) == [])
    }

    @Test(
        "the size of bodies, headers and targets is counted in whole pages", arguments: ["body", "header", "target"])
    func byteCount(part: String) async throws {
        func delivery(_ name: String) -> QuarantinedDelivery {
            let large = String(repeating: "x", count: 8100)
            return .fixture(
                request: .fixture(
                    target: name + (part == "target" ? "?" + large : ""),
                    headers: part == "header" ? [HeaderField("X", large)] : [], body: part == "body" ? large : ""))
        }
        let rejected = ["/a", "/b", "/c"].map(delivery)
        // Each delivery takes three pages.
        let kept = try await Self.kept(rejected, Self.limits(byteCount: 3 * 3 * 4096))
        #expect(kept.map { $0.prefix(2) } == ["/c", "/b", "/a"])
        let less = try await Self.kept(rejected, Self.limits(byteCount: 3 * 3 * 4096 - 1))
        #expect(less.map { $0.prefix(2) } == ["/c", "/b"])
        #expect(try await Self.kept(rejected, Self.limits(byteCount: 8099)) == [])
    }

    @Test("the reason of a rejection counts towards the byte limit")
    func reason() async throws {
        let long = QuarantinedDelivery.fixture(target: "/long", reason: String(repeating: "x", count: 8000))
        #expect(try await Self.kept([long], Self.limits(byteCount: 7999)) == [])
        #expect(try await Self.kept([.fixture(target: "/a")], Self.limits(byteCount: 7999)) == ["/a"])
    }

    @Test("adding a delivery deletes old deliveries; their age is measured at the arrival of the new delivery")
    func age() async throws {
        let rejected = [0, 1, 60_001].map {
            QuarantinedDelivery.fixture(target: "/\($0)", receivedAt: Timestamp.fixture.advanced(byMilliseconds: $0))
        }
        #expect(try await Self.kept(rejected, Self.limits(age: .seconds(60))) == ["/60001", "/1"])
    }

    @Test("deliveries older than the age limit are deleted, to the millisecond")
    func aging() async throws {
        try await TestQuarantine.with([.fixture(), .fixture()], limits: Self.limits(age: .seconds(60))) {
            writer, reader in
            try writer.age(now: Timestamp.fixture.advanced(byMilliseconds: 60_000))
            #expect(try reader.size().count == 2)
            try writer.age(now: Timestamp.fixture.advanced(byMilliseconds: 60_001))
            #expect(try reader.size() == (0, 0))
        }
    }

    @Test("extreme ages and times do not trap", arguments: [Int64.min, -1, 0, .max])
    func extremes(seconds: Int64) async throws {
        let times = [Int64.min, 0, .max].map(Timestamp.init(millisecondsSinceEpoch:))
        try await TestQuarantine.with(
            times.map { .fixture(receivedAt: $0) }, limits: Self.limits(age: .seconds(seconds))
        ) { writer, reader in
            for time in times { try writer.age(now: time) }
            #expect(try reader.size().count <= 3)
        }
    }

    @Test("the totals match after all kinds of deletions, even after a restart with lower limits")
    func totals() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestQuarantine.withWriter(at: directory, limits: Self.limits(count: 50)) { writer, _ in
                var random = SplitMix64(seed: 3)
                for number in 0..<120 {
                    let body = String(repeating: "b", count: Int(random.next() % 20_000))
                    try writer.addAll([.fixture(target: "/\(number)", body: body)])
                    if number % 10 == 9 { _ = try writer.delete(QuarantineID(rawValue: Int64(number - 3))) }
                }
                try Self.expectRightTotals(writer)
                #expect(try QuarantineReader(directory).size().count == 49)
            }
            try await TestQuarantine.withWriter(at: directory, limits: Self.limits(count: 7)) { writer, _ in
                try writer.age(now: .fixture)
                try Self.expectRightTotals(writer)
                #expect(try QuarantineReader(directory).size().count == 7)
            }
        }
    }

    @Test(
        "the file never exceeds the limit by more than one batch, with bodies of any size",
        arguments: [100, 900, 2100, 4000, 9000, 60_000])
    func fileSize(largest: Int) async throws {
        let limit = 2 * 1024 * 1024
        try await TestArchive.withDirectory { directory in
            let writer = try QuarantineWriter(directory, limits: Self.limits(byteCount: limit))
            var random = SplitMix64(seed: UInt64(largest))
            for _ in 0..<(4 * limit / (largest + 400) + 50) {
                let byteCount = Int(random.next() % UInt64(largest))
                let request = InboundRequest.fixture(
                    headers: [HeaderField("X", String(repeating: "h", count: byteCount / 2))],
                    body: String(repeating: "b", count: byteCount / 2))
                if writer.add(.fixture(request: request)) { continue }
                try writer.waitUntilWritten()
                #expect(writer.add(.fixture(request: request)))
            }
            writer.close()
            let size = try QuarantineReader(directory).size()
            #expect(size.byteCount > Int64(limit) * 3 / 4)
            // A batch is added before the oldest deliveries are deleted.
            let batch = min(QuarantineBuffer.byteCountLimit, QuarantineBuffer.countLimit * (largest + 1000))
            #expect(FileSystem.byteCount(directory.quarantinePath) < Int64(limit * 5 / 4 + batch))
        }
    }

    @Test("deleted bodies are overwritten, and their space is returned to the file system")
    func deletion() async throws {
        var random = SplitMix64(seed: 2)
        let secret = random.bytes(40).map { String(UnicodeScalar($0 % 26 + 97)) }.joined()
        let large = QuarantinedDelivery.fixture(body: String(repeating: "b", count: 1 << 20))
        try await TestArchive.withDirectory { directory in
            try await TestQuarantine.withWriter(at: directory) { writer, _ in
                try writer.addAll([.fixture(body: secret), large, .fixture()])
                for id in [1, 2] { #expect(try writer.delete(QuarantineID(rawValue: Int64(id))) == 1) }
            }
            let bytes = try Data(contentsOf: URL(filePath: directory.quarantinePath))
            #expect(bytes.firstRange(of: Data(secret.utf8)) == nil)
            #expect(bytes.count < 100_000)
        }
    }
}
