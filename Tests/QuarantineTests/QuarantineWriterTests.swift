import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Journal
import TestKit
import Testing

@testable import Quarantine

@Suite(.offPool) struct QuarantineWriterTests {
    @Test("a rejected delivery has the same bytes after storing and reading")
    func readBack() async throws {
        let request = InboundRequest(
            method: "POST", target: RequestTarget("/klavi/e\u{301}?a=%00&a\u{0}b"),
            headers: [
                HeaderField("X-A", "1"), HeaderField("x-a", "2"), HeaderField("X-A", ""),
                HeaderField("B", "\u{e9}\t\u{0}\"\\"), HeaderField("e\u{301}", "e\u{301}"),
            ],
            body: Array(0...255), peer: "2001:db8::1", receivedAt: .fixture)
        let rejected = QuarantinedDelivery(
            uuid: .numbered(9), source: "certn", request: request, verification: .expired,
            reason: "the signed time is 900 s off", bodySHA256: [UInt8](repeating: 7, count: 32))
        try await TestQuarantine.with([rejected]) { _, reader in
            let entry = try #require(try reader.entry(QuarantineID(rawValue: 1)))
            #expect(entry.id.rawValue == 1)
            let kept = entry.delivery
            #expect(kept.uuid == .numbered(9))
            #expect(kept.source == "certn")
            #expect(kept.verification == .expired)
            #expect(kept.reason == rejected.reason)
            #expect(kept.bodySHA256 == rejected.bodySHA256)
            #expect(kept.request.method == "POST")
            #expect(Array(kept.request.target.text.utf8) == Array(request.target.text.utf8))
            #expect(
                kept.request.headers.fields.map { [Array($0.name.utf8), Array($0.value.utf8)] }
                    == request.headers.fields.map { [Array($0.name.utf8), Array($0.value.utf8)] })
            #expect(kept.request.body == request.body)
            #expect(kept.request.peer == request.peer)
            #expect(kept.request.receivedAt == .fixture)
            #expect(try reader.entry(QuarantineID(rawValue: 2)) == nil)
        }
    }

    @Test("waiting deliveries are stored in order")
    func batch() async throws {
        try await TestQuarantine.with { writer, reader in
            let held = try writer.hold()
            for number in 1...5 { #expect(writer.add(.fixture(target: "/\(number)"))) }
            held.release()
            try writer.waitUntilWritten()
            #expect(try reader.targets() == ["/5", "/4", "/3", "/2", "/1"])
        }
    }

    @Test("while the writer's thread is busy, deliveries beyond the limit are dropped without waiting")
    func flood() async throws {
        try await TestQuarantine.with { writer, reader in
            let held = try writer.hold()
            let acceptedCount = (0..<QuarantineBuffer.countLimit + 100).count { _ in writer.add(.fixture()) }
            #expect(acceptedCount == QuarantineBuffer.countLimit)
            held.release()
            try writer.waitUntilWritten()
            #expect(try reader.size().count == Int64(acceptedCount))
            #expect(writer.add(.fixture()))
        }
    }

    @Test("closing stores the waiting deliveries, and later deliveries and jobs are rejected")
    func closing() async throws {
        try await TestQuarantine.with { writer, reader throws in
            let held = try writer.hold()
            for _ in 0..<20 { #expect(writer.add(.fixture())) }
            held.release()
            writer.close()
            writer.close()
            #expect(try reader.size().count == 20)
            #expect(!writer.add(.fixture()))
            #expect(throws: ArchiveError.closed) { try writer.delete(nil) }
            #expect(throws: ArchiveError.closed) { try writer.age(now: .fixture) }
        }
    }

    @Test("an ID is not reused after its delivery was deleted, even after a restart")
    func numbers() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestQuarantine.withWriter(at: directory) { writer, _ in
                try writer.addAll([.fixture(), .fixture()])
                #expect(try writer.delete(QuarantineID(rawValue: 2)) == 1)
                #expect(try writer.delete(QuarantineID(rawValue: 2)) == 0)
            }
            try await TestQuarantine.withWriter(at: directory) { writer, _ in
                try writer.addAll([.fixture()])
                #expect(try writer.delete(QuarantineID(rawValue: 1)) == 1)
                let reader = QuarantineReader(directory)
                #expect(try reader.list(limit: nil).map(\.id.rawValue) == [3])
                #expect(try writer.delete(nil) == 1)
                #expect(try reader.size() == (0, 0))
            }
        }
    }

    @Test("a delivery that the table rejects is reported, and later deliveries are stored")
    func rejectedRow() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestQuarantine.withWriter(at: directory) { writer, failures in
                try writer.addAll([.fixture(source: ""), .fixture(verification: .verified), .fixture()])
                let constraint = ArchiveError.storageFailed(code: ResultCode.SQLITE_CONSTRAINT_CHECK.rawValue)
                #expect(failures.all == [constraint, constraint])
                #expect(try QuarantineReader(directory).size().count == 1)
            }
        }
    }

    @Test("a file that was deleted while it was open is created again")
    func deletedFile() async throws {
        try await TestQuarantine.with([.fixture()]) { writer, reader in
            #expect(try reader.size().count == 1)
            for suffix in ["", "-wal", "-shm"] { try FileManager.default.removeItem(atPath: writer.path + suffix) }
            try writer.addAll([.fixture(target: "/new")])
            #expect(try reader.targets() == ["/new"])
        }
    }
}
