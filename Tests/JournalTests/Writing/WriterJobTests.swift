import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct WriterJobTests {
    @Test("a delivery that arrives during a part of a job is committed before the next part")
    func interleaving() async throws {
        try await TestArchive.withWriter { writer in
            let events = Pending<[String]>([])
            _ = try writer.perform { _, _, _ in
                events.change { $0.append("part") }
                writer.commit(.fixture()) { _ in events.change { $0.append("commit") } }
                return events.value.count >= 5 ? true : nil
            }
            writer.close()
            #expect(events.value == ["part", "commit", "part", "commit", "part", "commit"])
        }
    }

    @Test("if a part of a job fails, the job ends with the error and the next job runs")
    func failure() async throws {
        try await TestArchive.withWriter { writer async throws in
            let partCount = Pending(0)
            #expect(throws: ArchiveError.storageFailed(code: ResultCode.SQLITE_ERROR.rawValue)) {
                try writer.perform { db, _, _ -> Void? in
                    partCount.change { $0 += 1 }
                    if partCount.value == 2 { try db.execute(sql: "SELECT * FROM nothing") }
                    return nil
                }
            }
            #expect(partCount.value == 2)
            #expect(try writer.withDatabase { try Int.fetchOne($0, sql: "SELECT 5") } == 5)
            #expect(await writer.outcome(of: .fixture()).id == 1)
        }
    }

    @Test("closing waits for the last part of a job")
    func closing() async throws {
        try await TestArchive.withWriter { writer in
            let partCount = Pending(0)
            async let job = writer.perform { _, _, _ in
                partCount.change { $0 += 1 }
                return partCount.value == 5 ? true : nil
            }
            try partCount.wait { $0 > 0 ? true : nil }
            writer.close()
            #expect(partCount.value == 5)
            _ = try await job
        }
    }

    @Test(
        "a part of a job ends after 0.5 ms if a delivery waits, and otherwise after 2 ms",
        arguments: [(true, 499, false), (true, 500, true), (false, 1999, false), (false, 2000, true)])
    func partEnd(commitWaits: Bool, microseconds: Int, isDue: Bool) {
        let end = PartEnd { commitWaits }
        #expect(end.isDue(at: end.start + .microseconds(microseconds)) == isDue)
    }
}
