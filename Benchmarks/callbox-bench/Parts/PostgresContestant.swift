import Foundation

/// PostgreSQL with one durable transaction per row. pgbench inserts rows of 1 KB with 32 clients, without HTTP.
final class PostgresContestant: Contestant {
    let name = "PostgreSQL, single-row inserts, no HTTP"
    let bodyText = "1 KB row"
    let version: String
    private static let clientCount = 32
    private let script: URL
    private let database: PostgresDatabase

    init(_ bench: Workbench) throws {
        database = try PostgresDatabase(bench)
        version = database.version
        script =
            URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../peers/postgres_insert.sql").standardizedFileURL
    }

    func measure(_ bench: Workbench) async throws -> Measurement {
        let server = try database.start()
        // PostgreSQL performs a fast shutdown after SIGINT.
        defer { server.stop(signal: SIGINT) }
        try database.query(
            """
            DROP TABLE IF EXISTS delivery;
            CREATE TABLE delivery (
                id bigserial PRIMARY KEY, receivedAt timestamptz NOT NULL DEFAULT now(), body text NOT NULL);
            """, on: server)
        let logs = bench.folder.appending(path: "pgbench-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: logs) }
        let load = [
            "--no-vacuum", "--protocol", "prepared", "--file", script.path(), "--client", "\(Self.clientCount)",
            "--jobs", "1", "--time", "\(max(1, Int(bench.plan.seconds)))", "--log", "--sampling-rate", "0.2",
            "postgres",
        ]
        let run = try Tool.check(
            database.programs.appending(path: "pgbench"), database.access(server) + load, folder: logs)
        guard let line = run.output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) })
        else { throw Tool.Failed(description: "pgbench wrote no rate") }
        let latencies = try latencies(logs)
        return Measurement(
            perSecond: rate, median: LoadOutcome.percentile(0.5, of: latencies),
            percentile99: LoadOutcome.percentile(0.99, of: latencies))
    }

    /// Returns the latencies in pgbench's logs. The third column of a log is the duration of a transaction in
    /// microseconds.
    private func latencies(_ folder: URL) throws -> [Double] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
                line.split(separator: " ").dropFirst(2).first.flatMap { Double($0) }.map { $0 / 1000 }
            }
        }.sorted()
    }
}
