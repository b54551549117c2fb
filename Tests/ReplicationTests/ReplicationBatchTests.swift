import ArchiveTestKit
import Crypto
import Deliveries
import Journal
import TestKit
import Testing

@testable import Replication

@Suite("The bytes of a batch", .offPool)
struct ReplicationBatchTests {
    /// A batch of complete and pruned deliveries, a gap, and their records.
    private func batch(_ writer: JournalWriter) async throws -> ReplicationBatch {
        try await writer.commitAll([.fixture(), .fixture(body: .compressed), .fixture(), .fixture()])
        try writer.prune([2])
        try writer.remove([3])
        let reader = try writer.reader()
        defer { reader.close() }
        return ReplicationBatch(
            epoch: 1, highestEpoch: 1, end: 6,
            run: try reader.run(after: 0, countLimit: 100, byteCountLimit: 1 << 20))
    }

    /// The content, followed by its correct digest.
    private func signed(_ content: [UInt8]) -> [UInt8] {
        content + SHA256.bytes(of: content)
    }

    @Test("a batch is unchanged after encoding and decoding, and a truncated, extended or altered batch is rejected")
    func damaged() async throws {
        try await TestArchive.withWriter { writer in
            let bytes = try await batch(writer).encoded
            #expect(try ReplicationBatch(bytes).encoded == bytes)
            let content = Array(bytes.dropLast(32))
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 1
                #expect(throws: ReplicationBatch.Damaged.self) { try ReplicationBatch(changed) }
                #expect(throws: ReplicationBatch.Damaged.self) { try ReplicationBatch(Array(bytes.prefix(index))) }
                guard index < content.count else { continue }
                #expect(throws: ReplicationBatch.Damaged.self) {
                    try ReplicationBatch(signed(Array(content.prefix(index))))
                }
            }
            #expect(throws: ReplicationBatch.Damaged(reason: "it has bytes after its last part")) {
                try ReplicationBatch(signed(content + [0]))
            }
        }
    }

    @Test("an entry with a changed byte is rejected even if the digest is correct, unless the content is the same")
    func changed() async throws {
        try await TestArchive.withWriter { one in
            try await one.commitAll([.fixture(), .fixture(body: .compressed)])
            let expected = try contents(of: one)
            let reader = try one.reader()
            defer { reader.close() }
            let run = try reader.run(after: 0, countLimit: 2, byteCountLimit: 1 << 20)
            let content = Array(
                ReplicationBatch(epoch: 1, highestEpoch: 1, end: 2, run: run).encoded.dropLast(32))
            // The first changed byte follows the numbers of the primary's state, because these are not part of an
            // entry.
            var index = 5 + 3 * 8
            var acceptedCount = 0
            while index < content.count {
                try await TestArchive.withWriter { copy in
                    try copy.followArchive(from: .start)
                    // A rejected batch has no effect, so the next batch can use the same copy.
                    while index < content.count, try copy.end() == .start {
                        var changed = content
                        changed[index] ^= 1
                        if let run = try? ReplicationBatch(signed(changed)).run, (try? copy.append([run])) != nil {
                            #expect(try contents(of: copy) == expected, "byte \(index)")
                            acceptedCount += 1
                        }
                        index += 1
                    }
                }
            }
            // The unused bits at the end of a zlib stream may change.
            #expect(acceptedCount <= 1)
        }
    }

    @Test("a request is unchanged after writing and parsing its target, and other targets are rejected")
    func request() throws {
        let request = ReplicationRequest(
            after: 7, mark: ChainMark(position: 5, chain: [UInt8](repeating: 0xab, count: 32)), epoch: 2,
            epochStart: .start, waitSeconds: 20, node: "copy-1", instance: 3)
        var last = request
        last.isLeaving = true
        for request in [request, last] { #expect(ReplicationRequest(RequestTarget(request.target)) == request) }
        for (part, other) in [
            ("after=7", "after=-7"), ("after=7", "after=4"), ("at=5", "at=x"), ("chain=ab", "chain=a"),
            ("epoch=2", "epoch="), ("node=copy-1", "node=a%0Ab"), ("node=copy-1", "node="), ("/entries", "/entry"),
            ("&wait=20", ""), ("instance=3", "instance=-3"), ("&instance=3", ""), ("instance=3", "instance=3&leave=2"),
            ("start=0", "start=99999999999999999999"),
        ] {
            #expect(ReplicationRequest(RequestTarget(request.target.replacing(part, with: other))) == nil, "\(other)")
        }
        let patient = ReplicationRequest(RequestTarget(request.target.replacing("wait=20", with: "wait=9999")))
        #expect(patient?.waitSeconds == ReplicationRequest.waitLimit)
    }

    @Test("each reason for a refusal is unchanged after writing and parsing")
    func refusal() {
        for refusal in [ReplicationRefusal.differs, .nameInUse, .removed(lastKnown: 0), .removed(lastKnown: 41)] {
            #expect(ReplicationRefusal(refusal.text) == refusal)
        }
        #expect(ReplicationRefusal("removed=") == nil)
        #expect(ReplicationRefusal("other") == nil)
    }
}
