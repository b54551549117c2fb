import Foundation

/// The `callbox` binary beside this one, by its command line alone.
struct CallboxProgram: Sendable {
    struct Statistics: Decodable, Sendable {
        let deliveries: Int
        let reports: Int
        let unindexed: Int
        let bodyBytes: Int
        let storedBytes: Int
        let fileBytes: Int
    }

    let executable: URL
    /// Where it is run: a folder without a configuration.
    let folder: URL

    func serve(_ archive: URL) throws -> ServerProcess {
        try ServerProcess(
            executable, ["serve", "--listen", "127.0.0.1:0", "--archive", archive.path(), "--log-level", "error"],
            environment: ["CALLBOX_KLAVI_SECRET": DeliveryFactory.secret], folder: folder)
    }

    @discardableResult
    func run(_ arguments: [String], on archive: URL) throws -> Tool.Run {
        try Tool.check(executable, arguments + ["--archive", archive.path()], folder: folder)
    }

    /// The same with the most memory that it had, looked at every few milliseconds; a lower bound, closer the longer it runs.
    func watched(_ arguments: [String], on archive: URL) throws -> (seconds: Double, peakMebibytes: Double) {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments + ["--archive", archive.path()]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let start = Clock.now
        try ChildProcesses.start(process)
        var peak = 0
        while process.isRunning {
            let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            peak = max(peak, line?.split(separator: " ").compactMap { Int($0) }.first ?? 0)
            usleep(5000)
        }
        let seconds = Clock.seconds(since: start)
        ChildProcesses.wait(for: process)
        guard process.terminationStatus == 0 else {
            throw Tool.Failed(description: "callbox \(arguments.first ?? ""): status \(process.terminationStatus)")
        }
        return (seconds, Double(peak) / 1024)
    }

    func statistics(_ archive: URL) throws -> Statistics {
        let run = try run(["archive", "stats", "--format", "json"], on: archive)
        return try JSONDecoder().decode(Statistics.self, from: Data(run.output.utf8))
    }

    /// Indexes everything.
    func catchUp(_ archive: URL) throws {
        try run(["archive", "reindex"], on: archive)
    }

    /// Whether `callbox archive` has this command.
    func archiveCommands() throws -> Set<String> {
        let help = try Tool.check(executable, ["archive", "--help"], folder: folder).output
        let names = ["compact"].filter { name in
            help.split(separator: "\n").contains { $0.hasPrefix("  \(name) ") || $0 == "  \(name)" }
        }
        return Set(names)
    }
}
