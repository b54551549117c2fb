import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Synchronization
import TestKit
import Testing

@testable import Journal

/// Jobs that are done in parts between the commits.
@Suite struct WriterJobTests {
    /// What happened, in order.
    private final class Events: Sendable {
        private let events = Mutex<[String]>([])

        var all: [String] {
            events.withLock { $0 }
        }

        func add(_ event: String) {
            events.withLock { $0.append(event) }
        }

        func count(_ event: String) -> Int {
            all.count { $0 == event }
        }
    }

    @Test("a delivery that arrives during a part is committed before the next part")
    func interleaving() async throws {
        try await TestArchive.withWriter { writer in
            let events = Events()
            _ = try writer.perform { _, _, _ in
                let number = events.count("part") + 1
                events.add("part")
                writer.commit(.fixture()) { _ in events.add("commit") }
                return number == 3 ? true : nil
            }
            writer.close()
            #expect(events.all == ["part", "commit", "part", "commit", "part", "commit"])
        }
    }

    @Test("a part that fails ends its job with the error, and the next job runs")
    func failure() async throws {
        try await TestArchive.withWriter { writer async throws in
            let events = Events()
            let code = ResultCode.SQLITE_ERROR.rawValue
            #expect(throws: ArchiveError.storageFailed(code: code)) {
                try writer.perform { db, _, _ -> Void? in
                    events.add("part")
                    if events.count("part") == 2 { try db.execute(sql: "SELECT * FROM nothing") }
                    return nil
                }
            }
            #expect(events.count("part") == 2)
            #expect(try writer.withDatabase { try Int.fetchOne($0, sql: "SELECT 5") } == 5)
            #expect(await writer.outcome(of: .fixture()).id == 1)
        }
    }

    @Test("closing waits until the last part of a job is done")
    func closing() async throws {
        try await TestArchive.withWriter { writer in
            let events = Events()
            let hasBegun = Pending<Bool>.event()
            async let job = writer.perform { _, _, _ in
                events.add("part")
                hasBegun.happen()
                return events.count("part") == 5 ? true : nil
            }
            try hasBegun.wait()
            writer.close()
            #expect(events.all == ["part", "part", "part", "part", "part"])
            _ = try await job
        }
    }

    @Test(
        "a part ends soon while a delivery waits, but not before it did some work, and later when none waits",
        arguments: [(true, 499, false), (true, 500, true), (false, 1999, false), (false, 2000, true)])
    func partEnd(commitWaits: Bool, microseconds: Int, isDue: Bool) {
        let end = PartEnd { commitWaits }
        #expect(end.isDue(at: end.start + .microseconds(microseconds)) == isDue)
    }
}
