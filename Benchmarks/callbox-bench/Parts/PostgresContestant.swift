import Foundation

/// PostgreSQL, a durable transaction for each row: pgbench with 32 clients, no HTTP, rows of 1 KB.
final class PostgresContestant: Contestant {
    let name = "PostgreSQL, single-row inserts, no HTTP"
    let bodyText = "1 KB row"
    let version: String
    private static let clientCount = 32
    private let programs: URL
    private let script: URL
    private let data: URL
    private let isRoot = getuid() == 0

    init(_ bench: Workbench) throws {
        guard let programs = Self.programs() else { throw Missing(description: "no PostgreSQL server is installed") }
        self.programs = programs
        let text = try Tool.check(programs.appending(path: "postgres"), ["--version"]).output
        version = "PostgreSQL " + (text.split(separator: " ").dropFirst(2).first.map { String($0) } ?? "?")
        script =
            URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../peers/postgres_insert.sql").standardizedFileURL
        data = bench.folder.appending(path: "postgres", directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            if isRoot {
                guard let user = getpwnam("postgres") else { throw Missing(description: "there is no user postgres") }
                chown(data.path(), user.pointee.pw_uid, user.pointee.pw_gid)
            }
            let command = unprivileged("initdb")
            try Tool.check(
                command.program,
                command.arguments + [
                    "--pgdata", data.path(), "--username", "bench", "--auth", "trust", "--no-sync", "--encoding",
                    "UTF8",
                ], folder: URL(filePath: "/"))
        } catch let missing as Missing {
            throw missing
        } catch {
            throw Missing(description: "its data folder cannot be made: \(error)")
        }
    }

    func measure(_ bench: Workbench) async throws -> Measurement {
        let port = ServerProcess.freePort()
        let command = unprivileged("postgres")
        let server = try ServerProcess(
            command.program,
            command.arguments + [
                "-D", data.path(), "-h", "127.0.0.1", "-p", "\(port)", "-c", "fsync=on", "-c", "synchronous_commit=on",
                "-c", "unix_socket_directories=", "-c", "max_wal_size=4GB",
            ], folder: URL(filePath: "/"), readiness: .port(port))
        // SIGINT is PostgreSQL's fast shutdown.
        defer { server.stop(signal: SIGINT) }
        let access = ["--host", "127.0.0.1", "--port", "\(port)", "--username", "bench"]
        try createTable(access)
        let logs = bench.folder.appending(path: "pgbench-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: logs) }
        let load = [
            "--no-vacuum", "--protocol", "prepared", "--file", script.path(), "--client", "\(Self.clientCount)",
            "--jobs", "1", "--time", "\(max(1, Int(bench.plan.seconds)))", "--log", "--sampling-rate", "0.2",
            "postgres",
        ]
        let run = try Tool.check(programs.appending(path: "pgbench"), access + load, folder: logs)
        guard let line = run.output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) })
        else { throw Tool.Failed(description: "pgbench wrote no rate") }
        let latencies = try latencies(logs)
        return Measurement(
            perSecond: rate, median: LoadOutcome.percentile(0.5, of: latencies),
            percentile99: LoadOutcome.percentile(0.99, of: latencies))
    }

    private func createTable(_ access: [String]) throws {
        let sql = """
            DROP TABLE IF EXISTS delivery;
            CREATE TABLE delivery (
                id bigserial PRIMARY KEY, receivedAt timestamptz NOT NULL DEFAULT now(), body text NOT NULL);
            """
        // The server accepts connections a moment before it responds to them.
        let start = Clock.now
        while true {
            let run = try Tool.run(
                programs.appending(path: "psql"), access + ["--quiet", "--command", sql, "postgres"])
            if run.status == 0 { return }
            guard Clock.seconds(since: start) < 10 else { throw Tool.Failed(description: "psql: " + run.lastError) }
            usleep(50_000)
        }
    }

    /// The third column of pgbench's logs is a transaction's microseconds.
    private func latencies(_ folder: URL) throws -> [Double] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
                line.split(separator: " ").dropFirst(2).first.flatMap { Double($0) }.map { $0 / 1000 }
            }
        }.sorted()
    }

    /// PostgreSQL refuses to run as root.
    private func unprivileged(_ name: String) -> (program: URL, arguments: [String]) {
        let program = programs.appending(path: name)
        guard isRoot, let setpriv = Tool.find("setpriv") else { return (program, []) }
        return (setpriv, ["--reuid=postgres", "--regid=postgres", "--clear-groups", program.path()])
    }

    private static func programs() -> URL? {
        // Debian keeps the server's programs off the search path.
        let debian = URL(filePath: "/usr/lib/postgresql", directoryHint: .isDirectory)
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian.path())) ?? []
        let folders =
            versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { debian.appending(path: "\($0)/bin") }
            + [Tool.find("postgres")?.deletingLastPathComponent()].compactMap { $0 }
        return folders.first { folder in
            ["initdb", "postgres", "pgbench", "psql"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: folder.appending(path: $0).path())
            }
        }
    }
}
