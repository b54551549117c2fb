import Foundation
import GRDB

/// Looks into an archive while a server writes it. The only place of the benchmark that knows the archive's tables.
struct ArchiveProbe {
    private let queue: DatabaseQueue

    init(_ archive: URL) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        queue = try DatabaseQueue(path: archive.path() + "/index.sqlite", configuration: configuration)
        try queue.inDatabase { try $0.execute(sql: "ATTACH DATABASE ? AS journal", arguments: [archive.path() + "/journal.sqlite"]) }
    }

    static func sqliteVersion() throws -> String {
        try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") } ?? "unknown"
    }

    /// When the oldest delivery arrived that queries do not show yet, in Unix milliseconds; nil where they show everything.
    func oldestUnprojected() throws -> Int64? {
        try queue.read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT recordedAtMilliseconds FROM journal.entry
                    WHERE position > coalesce((SELECT position FROM state WHERE name = 'cursor'), 0)
                    ORDER BY position LIMIT 1
                    """)
        }
    }

    /// Seconds until queries show everything, looked at every 5 ms; nil when that takes longer than `limit`.
    func secondsUntilCaughtUp(limit: Double) async throws -> Double? {
        let start = Clock.now
        while try oldestUnprojected() != nil {
            guard Clock.seconds(since: start) < limit else { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
        return Clock.seconds(since: start)
    }

    func close() {
        try? queue.close()
    }
}
