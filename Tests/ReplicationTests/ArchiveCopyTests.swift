import ArchiveTestKit
import BodyCompression
import Deliveries
import Foundation
import Journal
import TestKit
import Testing

@testable import Replication

@Suite("Copying an archive over HTTP", .offPool)
struct ArchiveCopyTests {
    @Test("a copy has the same entries in the same order, and its chain verifies")
    func same() async throws {
        try await withTwo { one, other in
            try await one.commitTogether((0..<40).map { .fixture(body: .encoded(Array("{\"n\":\($0)}".utf8))) })
            try one.append(.hold(HoldRecord(subject: .delivery(DeliveryID(rawValue: 3)), reason: "x")), at: .fixture)
            try await one.commitAll([
                .fixture(source: "certn", verification: .unverified, secretName: nil, body: .compressed),
                .fixture(target: "/klavi?x=%00\u{e9}", body: .raw([])),
                .fixture(body: .raw((0...255).map { UInt8($0) })),
            ])
            var limits = ReplicationSource.BatchLimits()
            limits.entryCount = 7
            try await Primary.with(one, limits: limits) { primary in
                var copy = primary.copy(into: other)
                #expect(try await copy.all() == 7)
                #expect(try contents(of: other) == contents(of: one))
                #expect(try findings(in: other).isEmpty)

                // After the copy was reopened, it continues at its end.
                try await one.commitAll([.fixture()])
                var again = primary.copy(into: other)
                #expect(try await again.all() == 1)
                #expect(try contents(of: other) == contents(of: one))
            }
            // The copy accepts entries only from the primary.
            #expect(await other.outcome(of: .fixture()).rejection == .storageFailed)
            #expect(throws: ArchiveError.isCopy) {
                try other.append(.holdRelease(HoldReleaseRecord(hold: 41)), at: .fixture)
            }
        }
    }

    @Test("bodies that need a dictionary of the primary are copied without the dictionary")
    func dictionaries() async throws {
        try await withTwo { one, other in
            let text = Array(#"{"note":"a dictionary has this text, and the body as well","n":17}"#.utf8)
            let dictionary = try #require(PresetDictionary(text))
            let scope = DictionaryScope(source: "klavi", type: nil)
            #expect(try one.add(dictionary, for: scope, bodyCount: 1, at: .fixture))
            let body = EncodedBody.encoded(text + text, with: ZlibCompressor(level: 6, dictionary: dictionary))
            #expect(DictionaryCache.checksum(namedBy: body.storedBytes) == dictionary.checksum)
            try await one.commitAll([.fixture(body: body)])
            try await Primary.with(one) { primary in
                var copy = primary.copy(into: other)
                try await copy.all()
            }
            #expect(try contents(of: other) == contents(of: one))
            #expect(try findings(in: other).isEmpty)
        }
    }

    @Test("a body larger than a batch is copied completely, in its own batch")
    func large() async throws {
        try await withTwo { one, other in
            let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
            try await one.commitAll([.fixture(), .fixture(body: .raw(body)), .fixture()])
            var limits = ReplicationSource.BatchLimits()
            limits.byteCount = 1000
            try await Primary.with(one, limits: limits) { primary in
                var copy = primary.copy(into: other)
                let count = try await copy.all()
                #expect(count == 2)
            }
            #expect(try contents(of: other) == contents(of: one))
        }
    }

    @Test("a copy applies prunings and removals to entries that it already has, and to entries that it copies later")
    func removals() async throws {
        try await withTwo { one, other in
            try await one.commitTogether((0..<12).map { _ in .fixture(body: .compressed) })
            try await Primary.with(one) { primary in
                var limited = primary.copy(into: other)
                try await limited.all()
                // These entries were already copied.
                try one.prune([2, 3])
                try one.remove([5, 6])
                try await one.commitAll([.fixture(), .fixture(), .fixture(), .fixture()])
                // These entries were not copied yet. 15 and 16 are pruned, and 17 and 18 are removed before the copy
                // requests them.
                try one.prune([15, 16])
                try one.remove([17, 18])
                let step = try await limited.step(waitSeconds: 0)
                #expect(step.removed.map(\.rawValue) == [2, 3, 5, 6])
                try await limited.all()
                #expect(try contents(of: other) == contents(of: one))
                #expect(try findings(in: other).isEmpty)

                // This copy starts after all of these changes.
                try await TestArchive.withWriter { late in
                    var copy = primary.copy(into: late, node: "late")
                    try await copy.all()
                    #expect(try contents(of: late) == contents(of: one))
                    #expect(try findings(in: late).isEmpty)
                }
            }
        }
    }

    @Test("catching up does not count removed entries, and ends even if the primary keeps receiving entries")
    func catchUp() async throws {
        try await withTwo { one, other in
            try await one.commitTogether((0..<12).map { _ in .fixture(body: .compressed) })
            try one.remove([5, 6])
            var limits = ReplicationSource.BatchLimits()
            limits.entryCount = 4
            try await Primary.with(one, limits: limits) { primary in
                var copy = primary.copy(into: other)
                var marks: [Int64] = []
                let totals = try await copy.catchUp(noteRemoved: { _ in }) { position, _ in
                    marks.append(position)
                    let hold = HoldRecord(subject: .delivery(DeliveryID(rawValue: 1)), reason: "x")
                    _ = try? one.append(.hold(hold), at: .fixture)
                }
                // The position is at least 13: 12 deliveries and the record of the removal. At most two batches are
                // added to it.
                #expect((13...21).contains(totals.position))
                #expect(totals.copiedCount == totals.position - 2)
                #expect(marks.count >= 3)
                #expect(totals.supersededBy == nil)
                var again = primary.copy(into: other)
                let rest = try await again.catchUp(noteRemoved: { _ in }, progress: { _, _ in })
                #expect(rest.copiedCount == rest.position - totals.position)
                #expect(try findings(in: other).isEmpty)
            }
        }
    }

    @Test("a copy that leaves acknowledges its entries, and the primary no longer counts it as connected")
    func leaves() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture(), .fixture()])
            try await Primary.with(one) { primary in
                var copy = primary.copy(into: other)
                _ = try await copy.step(waitSeconds: 0)
                #expect(primary.source.isFollowed)
                await copy.leave()
                #expect(!primary.source.isFollowed)
                #expect(primary.source.followers.map(\.position) == [2])
            }
        }
    }

    @Test("if two followers have the same name, the first follower continues and the second follower is rejected")
    func oneName() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture()])
            try await TestArchive.withWriter { third in
                try await Primary.with(one) { primary in
                    var first = primary.copy(into: other)
                    try await first.all()
                    // At first, the primary cannot distinguish the second follower from a restart of the first
                    // follower.
                    var second = primary.copy(into: third)
                    try await second.all()
                    try await first.all()
                    await #expect(throws: ArchiveCopy.Failure.exchange(.refused(.nameInUse))) {
                        try await second.step(waitSeconds: 0)
                    }
                    try await first.all()
                    #expect(primary.events.value.last == .followerNameInUse(node: "copy"))
                    var renamed = primary.copy(into: third, node: "third")
                    try await renamed.all()
                    #expect(primary.source.followers.map(\.node) == ["copy", "third"])
                }
            }
        }
    }

    @Test("if the primary removed the last entry of a copy, the copy is compared at an earlier entry")
    func behindRemoved() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture(), .fixture(), .fixture()])
            try await Primary.with(one) { primary in
                var copy = primary.copy(into: other)
                try await copy.all()
                try await one.commitAll([.fixture(), .fixture()])
                try one.remove([2, 3, 4])
                try await copy.all()
                #expect(try findings(in: other).isEmpty)
                let ends = try [one.end(), other.end()]
                #expect(ends[0] == ends[1])

                // A copy of another archive is rejected, because it has no entry that can be compared.
                try await TestArchive.withWriter { foreign in
                    try await foreign.commitAll([.fixture(), .fixture()])
                    var copy = primary.copy(into: foreign, node: "foreign")
                    await #expect(throws: ArchiveCopy.Failure.self) { try await copy.step(waitSeconds: 0) }
                }
            }
        }
    }

    @Test("an archive with other entries does not become a copy, and is not changed")
    func otherArchive() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture(), .fixture()])
            try await other.commitAll([.fixture()])
            let before = try contents(of: other)
            try await Primary.with(one) { primary in
                var copy = primary.copy(into: other)
                await #expect(
                    throws: ArchiveCopy.Failure.stopped(
                        reason: "the archive has entries that the primary does not have, up to entry 1")
                ) { try await copy.step(waitSeconds: 0) }
                #expect(primary.events.value == [.followerDiffers(node: "copy", position: 1)])
            }
            #expect(try contents(of: other) == before)
            // The archive still accepts entries.
            try await other.commitAll([.fixture()])
        }
    }

    @Test("an archive that is longer than the primary is not accepted as its copy")
    func longer() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture()])
            try await Primary.with(one) { primary in
                var copy = primary.copy(into: other)
                try await copy.all()
            }
            try await TestArchive.withWriter { empty in
                try await Primary.with(empty) { primary in
                    var copy = primary.copy(into: other)
                    await #expect(throws: ArchiveCopy.Failure.self) { try await copy.step(waitSeconds: 0) }
                }
            }
        }
    }

    @Test("a request with a wrong token gets 401")
    func wrongToken() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture()])
            try await Primary.with(one) { primary in
                let wrong = [sharedToken.dropLast() + [0x30], [], sharedToken + [0x30], Array("x".utf8)]
                for wrong in wrong {
                    var copy = ArchiveCopy(other, primary.client(token: Array(wrong)), node: "copy")
                    await #expect(throws: ArchiveCopy.Failure.exchange(.unauthorized)) {
                        try await copy.step(waitSeconds: 0)
                    }
                }
                #expect(primary.source.followers.isEmpty)
                // Only the first of these failures is reported.
                #expect(primary.events.value == [.unauthorized(peer: "127.0.0.1")])
            }
            #expect(try other.end().position == 0)
        }
    }

    @Test("a method other than GET gets 405 with the list of supported methods")
    func otherMethod() async throws {
        try await withTwo { one, _ in
            try await Primary.with(one) { primary in
                let head = InboundHead(method: "POST", target: RequestTarget(ReplicationRequest.path))
                guard case .reject(let response) = primary.source.admit(head) else {
                    Issue.record("it was admitted")
                    return
                }
                #expect(response.status == 405)
                #expect(HeaderFields(response.headers).onlyValue(named: "Allow") == "GET")
            }
        }
    }

    @Test("a response that is cut off at any byte has no effect, and the next complete response is copied")
    func cut() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture(), .fixture(body: .compressed)])
            let reader = try one.reader()
            defer { reader.close() }
            let run = try reader.run(after: 0, countLimit: 10, byteCountLimit: 1 << 20)
            let bytes = ReplicationBatch(epoch: 1, highestEpoch: 1, end: 2, run: run).encoded
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n"
            for count in 0..<bytes.count {
                let receiver = try RawReceiver(head: head, then: Array(bytes.prefix(count)), .closed)
                var copy = ArchiveCopy(other, ReplicationClient(.at(receiver.port)), node: "copy")
                await #expect(throws: ArchiveCopy.Failure.self) { try await copy.step(waitSeconds: 0) }
            }
            #expect(try other.end() == .start)
            try await Primary.with(one) { primary in
                var copy = primary.copy(into: other)
                try await copy.all()
            }
            #expect(try contents(of: other) == contents(of: one))
        }
    }
}
