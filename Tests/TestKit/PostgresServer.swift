package import Foundation
internal import Synchronization

/// A PostgreSQL server for tests, on a Unix socket, with its data in a temporary folder.
///
/// The server ends when the test process ends. The shell that started the server waits for the end of a pipe that the
/// test process holds open.
package final class PostgresServer: Sendable {
    /// The program folder of the newest PostgreSQL version that Debian packages installed; nil if PostgreSQL is not
    /// installed.
    package static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let found = versions.compactMap { Int($0) }.sorted().map { "\(root)/\($0)/bin" }.last {
            FileManager.default.isExecutableFile(atPath: $0 + "/postgres")
        }
        if found == nil {
            print("PostgreSQL is not installed (Debian: apt-get install postgresql): no shared journal.")
        }
        return found
    }()

    package static var isInstalled: Bool { programs != nil }

    /// The folder that contains the socket `.s.PGSQL.5432` and the folder `data`.
    package let folder: String
    private let shell = Mutex<(process: Process, input: Pipe, postmaster: Int32)?>(nil)

    package init() throws {
        guard let programs = Self.programs else { throw CocoaError(.fileNoSuchFile) }
        var template = Array("/tmp/callbox-pg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if geteuid() == 0, let user = getpwnam("nobody") { chown(folder, user.pointee.pw_uid, user.pointee.pw_gid) }
        let made = try Self.run(
            programs + "/initdb", ["-D", folder + "/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"])
        guard made.status == 0 else { throw TestFailure(description: "initdb failed: \(made.error)") }
        try start()
    }

    deinit {
        stop()
        _ = try? Self.run("/bin/rm", ["-rf", folder])
    }

    /// Runs a program without root privileges, because PostgreSQL refuses to run as root.
    package static func run(_ program: String, _ arguments: [String]) throws -> ChildProcess.Result {
        let (executable, all) = unprivileged(program, arguments)
        return try ChildProcess.run(executable, all)
    }

    package static func unprivileged(_ program: String, _ arguments: [String]) -> (URL, [String]) {
        guard geteuid() == 0 else { return (URL(fileURLWithPath: program), arguments) }
        return (
            URL(fileURLWithPath: "/usr/bin/setpriv"),
            ["--reuid=nobody", "--regid=nogroup", "--clear-groups", program] + arguments
        )
    }

    /// Starts the server and waits until it accepts connections.
    package func start() throws {
        // The script runs in bash, because `wait` in sh requires SIGCHLD, which Dispatch threads block.
        let script = """
            "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=80 -c shared_buffers=32MB \
            -c wal_level=replica -c max_wal_senders=4 -c log_min_messages=fatal >>"$2/log" 2>&1 & pid=$!
            echo $pid; keep=$(cat); kill -QUIT $pid 2>/dev/null; wait $pid
            [ -n "$keep" ] || rm -rf "$2"
            """
        let (executable, arguments) = Self.unprivileged(
            "/bin/bash", ["-c", script, "bash", Self.programs ?? "", folder])
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let postmaster = Int32(line.trimmingCharacters(in: .newlines)) else {
            throw TestFailure(description: "the server did not start")
        }
        shell.withLock { $0 = (process, input, postmaster) }
        for _ in 0..<300 {
            if try Self.run((Self.programs ?? "") + "/pg_isready", ["-q", "-h", folder]).status == 0 { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw TestFailure(description: "the server does not accept connections")
    }

    /// Stops the server at once and ends its connections.
    package func stop() {
        guard let shell = shell.withLock({ $0.take() }) else { return }
        try? shell.input.fileHandleForWriting.write(contentsOf: Data("keep".utf8))
        try? shell.input.fileHandleForWriting.close()
        shell.process.waitUntilExit()
    }

    /// Kills the server with SIGKILL. Waits until its processes have ended.
    package func crash() {
        if let postmaster = shell.withLock({ $0?.postmaster }) { kill(postmaster, SIGKILL) }
        stop()
    }

    /// Sends a signal to the server's main process and its child processes.
    package func signal(_ number: Int32) {
        guard let postmaster = shell.withLock({ $0?.postmaster }) else { return }
        kill(postmaster, number)
        let children = try? String(contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        for child in (children ?? "").split(separator: " ").compactMap({ Int32($0) }) { kill(child, number) }
    }

    /// Runs SQL. Returns the rows as text, with `|` between columns.
    @discardableResult
    package func query(_ sql: String, in database: String = "postgres") throws -> [String] {
        let result = try Self.run(
            (Self.programs ?? "") + "/psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, url(database)])
        guard result.status == 0 else { throw TestFailure(description: result.error) }
        return result.lines
    }

    package func url(_ database: String, host: String? = nil, user: String = "postgres") -> String {
        "postgres://\(user)@/\(database)?host=\(host ?? folder)"
    }
}

package struct TestFailure: Error {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}
