package import Deliveries
internal import GRDB
package import Journal

/// A run of the command `replay`.
package struct ReplayRun: Sendable, Equatable {
    /// The ID of the run, which is the position of its record.
    package let id: Int64
    package let record: ReplayRunRecord
    package let state: ReplayRunState
    /// The time of the last change of `state`.
    package let changedAt: Timestamp
    /// The number of items that have a result.
    package let sentCount: Int
}

/// The state of a run. The raw values are stored. A run that was killed stays `started` or `resumed`.
package enum ReplayRunState: String, Sendable, CaseIterable {
    case started, resumed, paused, ended
}

extension ArchiveReader {
    /// The replays of a delivery, oldest first.
    package func replays(of id: DeliveryID) throws -> [ReplayRecord] {
        try read { try FeedReplay.all("deliveryId = ? ORDER BY id", [id], $0).map(\.record) }
    }

    /// The runs, newest first.
    package func replayRuns(limit: Int?) throws -> [ReplayRun] {
        try runs("ORDER BY id DESC LIMIT ?", limit ?? -1)
    }

    package func replayRun(_ id: Int64) throws -> ReplayRun? {
        try runs("WHERE id = ?", id).first
    }

    /// Passes the results of a run one by one, in item order, so memory use does not depend on the number of items.
    package func forEachReplay(inRun run: Int64, _ body: (ReplayRecord) throws -> Void) throws {
        let pageCount = 1000
        var last = (item: -1, id: Int64(0))
        while true {
            let page = try read {
                try FeedReplay.all(
                    "runId = ? AND (item, id) > (?, ?) ORDER BY item, id LIMIT ?",
                    [run, last.item, last.id, pageCount],
                    $0)
            }
            for replay in page { try body(replay.record) }
            guard page.count == pageCount, let end = page.last, let item = end.record.place?.item else { return }
            last = (item, end.number)
        }
    }

    private func runs(_ condition: String, _ argument: any DatabaseValueConvertible) throws -> [ReplayRun] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, startedAtMilliseconds, url, deliveryCount, itemCount, byteCount, options, state,
                        changedAtMilliseconds, (SELECT count(DISTINCT item) FROM replay WHERE runId = replayRun.id)
                    FROM replayRun \(condition)
                    """, arguments: [argument]
            ).map { row in
                let record = ReplayRunRecord(
                    startedAt: try row.decode(atIndex: 1), url: try row.decode(atIndex: 2),
                    deliveryCount: try row.decode(atIndex: 3), itemCount: try row.decode(atIndex: 4),
                    byteCount: try row.decode(atIndex: 5), options: try row.decode(atIndex: 6))
                return ReplayRun(
                    id: try row.decode(atIndex: 0), record: record, state: try row.decode(atIndex: 7),
                    changedAt: try row.decode(atIndex: 8), sentCount: try row.decode(atIndex: 9))
            }
        }
    }
}
