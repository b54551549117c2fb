import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Journal
import TestKit
import Testing

@testable import Quarantine

@Suite(.offPool) struct QuarantineReaderTests {
    @Test("rejected deliveries are listed newest first, and counted")
    func listing() async throws {
        let rejected = ["/a", "/b", "/c"].map { QuarantinedDelivery.fixture(target: $0) }
        try await TestQuarantine.with(rejected) { _, reader in
            #expect(try reader.targets() == ["/c", "/b", "/a"])
            #expect(try reader.list(limit: 2).map(\.id.rawValue) == [3, 2])
            #expect(try reader.list(limit: 0).isEmpty)
            let size = try reader.size()
            #expect(size.count == 3)
            #expect((600..<4096).contains(size.byteCount))
        }
    }

    @Test("rejected deliveries with expired signatures are counted from a given time")
    func expiredCount() async throws {
        let rejected = [(0, Verification.expired), (10, .failed), (20, .expired), (30, .expired)].map {
            QuarantinedDelivery.fixture(
                receivedAt: Timestamp.fixture.advanced(byMilliseconds: $0.0), verification: $0.1)
        }
        try await TestQuarantine.with(rejected) { _, reader throws in
            #expect(try reader.expiredCount(since: .fixture) == 3)
            #expect(try reader.expiredCount(since: Timestamp.fixture.advanced(byMilliseconds: 20)) == 2)
            #expect(try reader.expiredCount(since: Timestamp.fixture.advanced(byMilliseconds: 31)) == 0)
        }
    }

    @Test("the rejected deliveries after an ID are listed oldest first; a limit keeps the oldest or newest of them")
    func following() async throws {
        let rejected = [("klavi", "/a"), ("certn", "/b"), ("klavi", "/c"), ("ezid", "/d")].map {
            QuarantinedDelivery.fixture(source: $0.0, target: $0.1, body: "12345")
        }
        try await TestQuarantine.with(rejected) { _, reader in
            func targets(
                after number: Int64, sources: [String] = [], newest: Bool = false, limit: Int = 10
            ) throws -> [String] {
                try reader.rejected(after: number, sources: sources, newest: newest, limit: limit).map(\.target)
            }
            #expect(try targets(after: 0) == ["/a", "/b", "/c", "/d"])
            #expect(try targets(after: 1, limit: 2) == ["/b", "/c"])
            #expect(try targets(after: 0, newest: true, limit: 2) == ["/c", "/d"])
            #expect(try targets(after: 0, sources: ["klavi"]) == ["/a", "/c"])
            #expect(try targets(after: 1, sources: ["klavi", "ezid"]) == ["/c", "/d"])
            #expect(try targets(after: 4) == [])
            #expect(try targets(after: .max) == [])
            let first = try #require(try reader.rejected(after: 0, sources: [], newest: false, limit: 1).first)
            #expect(
                first
                    == RejectedArrival(
                        id: QuarantineID(rawValue: 1), receivedAt: .fixture, source: "klavi", method: "POST",
                        target: "/a", peer: "192.0.2.1", verification: .failed, reason: "no signature header",
                        bodyByteCount: 5, bodySHA256: rejected[0].bodySHA256))
        }
    }

    @Test("sources whose names differ only in Unicode normalisation stay distinct")
    func normalisation() async throws {
        let names = ["c\u{f3}digo", "co\u{301}digo"]
        try await TestQuarantine.with(names.map { .fixture(source: $0) }) { _, reader in
            for (index, name) in names.enumerated() {
                let rejected = try reader.rejected(after: 0, sources: [name], newest: false, limit: 10)
                #expect(rejected.map(\.id.rawValue) == [Int64(index) + 1])
            }
        }
    }

    @Test("without a file the quarantine is empty, and later deliveries are visible")
    func missingFile() async throws {
        try await TestArchive.withDirectory { directory in
            let reader = QuarantineReader(directory)
            for isEmptyFile in [false, true] {
                if isEmptyFile { try Data().write(to: URL(filePath: directory.quarantinePath)) }
                #expect(try reader.list(limit: nil).isEmpty)
                #expect(try reader.entry(QuarantineID(rawValue: 1)) == nil)
                #expect(try reader.size() == (0, 0))
                #expect(try reader.expiredCount(since: .fixture) == 0)
                #expect(try reader.rejected(after: 0, sources: [], newest: true, limit: 5).isEmpty)
            }
            try await TestQuarantine.withWriter(at: directory) { writer, _ in
                try writer.addAll([.fixture(target: "/a")])
                #expect(try reader.targets() == ["/a"])
            }
        }
    }

    @Test("a closed quarantine is readable in a read-only directory", .enabled(if: geteuid() != 0))
    func readOnlyDirectory() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestQuarantine.withWriter(at: directory) { writer, _ in
                try writer.addAll([.fixture(target: "/a")])
            }
            chmod(directory.path, 0o500)
            defer { chmod(directory.path, 0o700) }
            #expect(try QuarantineReader(directory).targets() == ["/a"])
        }
    }
}
