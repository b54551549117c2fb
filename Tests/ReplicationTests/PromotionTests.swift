import ArchiveTestKit
import Deliveries
import Journal
import TestKit
import Testing

@testable import Replication

@Suite("Promotion", .offPool)
struct PromotionTests {
    private func promote(_ writer: JournalWriter, from primary: Primary?) async throws -> Int64 {
        try await ArchivePromotion(writer, from: primary?.address, node: "copy").run(at: { .fixture }) { _, _ in }.epoch
    }

    @Test("a promoted copy has all acknowledged entries and accepts new entries, and the old primary rejects them")
    func fenced() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter { other in
                try await TestArchive.withWriter(at: directory) { one in
                    try await one.commitAll([.fixture(), .fixture()])
                    try await Primary.with(one) { primary in
                        // The copy does not have the last commit yet.
                        var copy = primary.copy(into: other)
                        try await copy.all()
                        try await one.commitAll([.fixture()])
                        let before = try contents(of: one)
                        #expect(try await promote(other, from: primary) == 2)
                        #expect(try contents(of: other).starts(with: before.prefix(3)))
                        #expect(one.isSuperseded)
                        #expect(primary.events.value.contains(.superseded(epoch: 2)))
                    }
                    #expect(await one.outcome(of: .fixture()).rejection == .superseded)
                    #expect(throws: ArchiveError.superseded) {
                        try one.append(.holdRelease(HoldReleaseRecord(hold: 41)), at: .fixture)
                    }
                    #expect(try one.end().position == 3)
                }
                // The old primary accepts no entries even after it was reopened.
                try await TestArchive.withWriter(at: directory) { one in
                    #expect(one.isSuperseded)
                    #expect(await one.outcome(of: .fixture()).rejection == .superseded)
                }
                try await other.commitAll([.fixture()])
                let reader = try other.reader()
                defer { reader.close() }
                #expect(try reader.record(4) == .epoch(EpochRecord(number: 2)))
                let epoch = try other.epoch()
                let start = try reader.mark(at: 3)
                #expect(epoch.number == 2 && epoch.start == start && !epoch.isSuperseded)
                #expect(try findings(in: other).isEmpty)

                // The old primary becomes a copy of the new primary, and then the primary again.
                try await TestArchive.withWriter(at: directory) { one in
                    try await Primary.with(other) { primary in
                        var copy = primary.copy(into: one)
                        try await copy.all()
                        #expect(try contents(of: one) == contents(of: other))
                        #expect(try await promote(one, from: primary) == 3)
                        #expect(other.isSuperseded && !one.isSuperseded)
                    }
                    try await one.commitAll([.fixture()])
                }
            }
        }
    }

    @Test("the old primary is superseded when a follower of the new primary sends it a request")
    func learns() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture()])
            try await Primary.with(one) { primary in
                var copy = primary.copy(into: other)
                try await copy.all()
                // The old primary is not notified of the promotion.
                #expect(try await promote(other, from: nil) == 2)
                try await one.commitAll([.fixture()])
                #expect(!one.isSuperseded)
                try await TestArchive.withWriter { third in
                    try await Primary.with(other) { new in
                        var copy = new.copy(into: third)
                        try await copy.all()
                    }
                    var lost = primary.copy(into: third, node: "lost")
                    await #expect(throws: ArchiveCopy.Failure.self) { try await lost.step(waitSeconds: 0) }
                    #expect(one.isSuperseded)
                }
            }
            // The old primary gets an entry that the new primary does not have.
            try await Primary.with(other) { primary in
                var copy = primary.copy(into: one)
                await #expect(throws: ArchiveCopy.Failure.self) { try await copy.step(waitSeconds: 0) }
            }
        }
    }

    @Test("an epoch of an unrelated archive does not supersede an archive")
    func foreign() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture(), .fixture()])
            try await other.commitAll([.fixture(), .fixture()])
            try await Primary.with(one) { primary in
                var copy = primary.copy(into: other)
                for epoch in [nil, 2] as [Int64?] {
                    await #expect(throws: ArchiveCopy.Failure.self) {
                        try await copy.step(waitSeconds: 0, takingOverIn: epoch)
                    }
                }
                try await TestArchive.withWriter { empty in
                    var copy = primary.copy(into: empty)
                    await #expect(throws: ArchiveCopy.Failure.self) {
                        try await copy.step(waitSeconds: 0, takingOverIn: 2)
                    }
                }
            }
            #expect(!one.isSuperseded)
            try await one.commitAll([.fixture()])
        }
    }

    @Test("only a copy that is not empty can be promoted")
    func rejected() async throws {
        try await TestArchive.withWriter { writer in
            func expect(_ reason: String) async {
                await #expect(throws: ArchiveError.notPromoted(reason: reason)) { try await promote(writer, from: nil) }
            }
            await expect("it is already the primary")
            try writer.followArchive(from: .start)
            await expect("it is empty")
        }
        try await TestArchive.withWriter { writer in
            _ = try writer.follow([UInt8](repeating: 7, count: 16))
            await #expect(throws: ArchiveError.self) { try await promote(writer, from: nil) }
        }
    }

    @Test("a follower reports that its primary was superseded when it has all entries of the primary")
    func superseded() async throws {
        try await withTwo { one, other in
            try await one.commitAll([.fixture(), .fixture()])
            try one.supersede(by: 5)
            try await Primary.with(one) { primary in
                var copy = primary.copy(into: other)
                let first = try await copy.step(waitSeconds: 0)
                #expect(first.supersededBy == 5 && !first.isCaughtUp)
                let second = try await copy.step(waitSeconds: 20)
                #expect(second.supersededBy == 5 && second.isCaughtUp)
                #expect(try contents(of: other) == contents(of: one))
            }
        }
    }
}
