import Foundation

/// A PostgreSQL server whose data folder is on the measured disk.
final class PostgresDatabase {
    let version: String
    let programs: URL
    private let data: URL
    private let isRoot = getuid() == 0

    init(_ bench: Workbench) throws {
        guard let programs = Self.programs() else { throw Missing(description: "no PostgreSQL server is installed") }
        self.programs = programs
        let text = try Tool.check(programs.appending(path: "postgres"), ["--version"]).output
        version = "PostgreSQL " + (text.split(separator: " ").dropFirst(2).first.map { String($0) } ?? "?")
        data = bench.folder.appending(path: "postgres-\(UUID().uuidString)", directoryHint: .isDirectory)
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
            throw Missing(description: "its data folder cannot be created: \(error)")
        }
    }

    func start() throws -> ServerProcess {
        let command = unprivileged("postgres")
        let port = ServerProcess.freePort()
        return try ServerProcess(
            command.program,
            command.arguments + [
                "-D", data.path(), "-h", "127.0.0.1", "-p", "\(port)", "-c", "fsync=on", "-c", "synchronous_commit=on",
                "-c", "unix_socket_directories=", "-c", "max_wal_size=4GB",
            ], folder: URL(filePath: "/"), readiness: .port(port))
    }

    /// Returns the connection arguments for the clients of PostgreSQL.
    func access(_ server: ServerProcess) -> [String] {
        ["--host", "127.0.0.1", "--port", "\(server.port)", "--username", "bench"]
    }

    func url(_ server: ServerProcess, database: String) -> String {
        "postgres://bench@127.0.0.1:\(server.port)/\(database)?sslmode=disable"
    }

    /// Runs SQL with psql and returns its output.
    @discardableResult
    func query(_ sql: String, on server: ServerProcess, database: String = "postgres") throws -> String {
        // Repeats the first query, because the server accepts connections a moment before it can respond to a query.
        let start = Clock.now
        while true {
            let run = try Tool.run(
                programs.appending(path: "psql"),
                access(server) + ["--quiet", "--no-align", "--tuples-only", "--command", sql, database])
            if run.status == 0 { return run.output }
            guard Clock.seconds(since: start) < 10 else { throw Tool.Failed(description: "psql: " + run.lastError) }
            usleep(50_000)
        }
    }

    /// Returns the program to start and the arguments that must precede the arguments of the PostgreSQL program.
    /// PostgreSQL refuses to run as root. If this process runs as root, `setpriv` therefore starts the program as
    /// another user.
    func unprivileged(_ name: String) -> (program: URL, arguments: [String]) {
        let program = programs.appending(path: name)
        guard isRoot, let setpriv = Tool.find("setpriv") else { return (program, []) }
        return (setpriv, ["--reuid=postgres", "--regid=postgres", "--clear-groups", program.path()])
    }

    private static func programs() -> URL? {
        // Debian installs the server programs outside of the search path.
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
