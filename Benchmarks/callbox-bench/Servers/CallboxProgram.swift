import Foundation
import Journal
import ReportIndex

/// The `callbox` binary next to this binary. The benchmark uses it only through its command line.
struct CallboxProgram: Sendable {
    struct Statistics: Sendable {
        let deliveries: Int
        let reports: Int
        let bodyBytes: Int
        let storedBytes: Int
        /// The total size of the journal, the index, the quarantine, and their write-ahead logs.
        let fileBytes: Int
        let firstReceivedAt: Date
    }

    let executable: URL
    /// The working directory. It contains no configuration file.
    let folder: URL

    func serve(
        _ archive: URL, arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> ServerProcess {
        try ServerProcess(
            executable,
            ["serve", "--listen", "127.0.0.1:0", "--archive", archive.path(), "--log-level", "error"]
                + arguments,
            environment: environment.merging(["CALLBOX_KLAVI_SECRET": DeliveryFactory.secret]) { $1 }, folder: folder)
    }

    @discardableResult
    func run(_ arguments: [String], on archive: URL) throws -> Tool.Run {
        try Tool.check(executable, arguments + ["--archive", archive.path()], folder: folder)
    }

    /// Runs a command and samples its peak memory every few milliseconds. The sampled peak is a lower bound of the real
    /// peak, and is more accurate if the command runs longer.
    func watched(
        _ arguments: [String], on archive: URL, environment: [String: String] = [:]
    ) throws -> (seconds: Double, peakMebibytes: Double) {
        let start = Clock.now
        let process = try self.start(arguments, on: archive, environment: environment)
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

    /// Starts a command and drops its output. The caller must end or await the command.
    func start(_ arguments: [String], on archive: URL, environment: [String: String] = [:]) throws -> Process {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments + ["--archive", archive.path()]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try ChildProcesses.start(process)
        return process
    }

    func statistics(_ archive: URL) throws -> Statistics {
        let statistics = try ArchiveReader(ArchiveDirectory(path: archive.path())).statistics()
        func sum(_ value: (ArchiveStatistics.SourceShare) -> Int64) -> Int {
            Int(statistics.sources.reduce(0) { $0 + value($1) })
        }
        let first = statistics.firstReceivedAtMilliseconds ?? 0
        return Statistics(
            deliveries: sum(\.deliveryCount), reports: Int(statistics.reportCount), bodyBytes: sum(\.bodyByteCount),
            storedBytes: sum(\.storedByteCount), fileBytes: Int(statistics.fileByteCount),
            firstReceivedAt: Date(timeIntervalSince1970: TimeInterval(first) / 1000))
    }

    /// Indexes all entries. Use this function if no server indexes the archive.
    func index(_ archive: URL) throws {
        try run(["archive", "reindex"], on: archive)
    }
}
