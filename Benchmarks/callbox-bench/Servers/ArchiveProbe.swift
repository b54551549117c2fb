import Foundation
import GRDB
import Journal

/// Reads an archive while a server writes it. No other type of the benchmark uses the tables of the archive.
struct ArchiveProbe {
    private let queue: DatabaseQueue

    /// - Parameter archive: the directory of the archive.
    init(_ archive: URL) throws {
        let directory = ArchiveDirectory(path: archive.path())
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        queue = try DatabaseQueue(path: directory.indexPath, configuration: configuration)
        try queue.inDatabase {
            try $0.execute(sql: "ATTACH DATABASE ? AS journal", arguments: [directory.journal.path])
        }
    }

    static func sqliteVersion() throws -> String {
        try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") } ?? "unknown"
    }

    /// Returns the recording time of the oldest entry that queries do not show yet, in Unix milliseconds. Returns nil
    /// if queries show all entries.
    func oldestUnindexed() throws -> Int64? {
        try queue.read { db in
            let cursor = try Int64.fetchOne(db, sql: "SELECT position FROM main.state WHERE name = 'cursor'") ?? 0
            return try Int64.fetchOne(
                db,
                sql: "SELECT recordedAtMilliseconds FROM journal.entry WHERE position > ? ORDER BY position LIMIT 1",
                arguments: [cursor])
        }
    }

    /// Waits until queries show all deliveries, and checks every 5 ms. Returns the duration of the wait in seconds, or
    /// nil after `limit` seconds.
    func secondsUntilCaughtUp(limit: Double) async throws -> Double? {
        let start = Clock.now
        while try oldestUnindexed() != nil {
            guard Clock.seconds(since: start) < limit else { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
        return Clock.seconds(since: start)
    }

    func close() {
        try? queue.close()
    }
}
