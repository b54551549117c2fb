import Foundation

/// Runs a program until it ends.
enum Tool {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    struct Run {
        let status: Int32
        let output: String
        /// The last line on standard error, which usually contains the reason for a failure.
        let lastError: String
        let seconds: Double
    }

    static func run(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], folder: URL? = nil
    ) throws -> Run {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        if let folder { process.currentDirectoryURL = folder }
        // Writes standard error to a file. With a second pipe, a program could block on the pipe that is not being
        // read.
        let errors = FileManager.default.temporaryDirectory.appending(path: "callbox-bench-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: errors.path(), contents: nil)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardError = try FileHandle(forWritingTo: errors)
        let output = Pipe()
        process.standardOutput = output
        let start = Clock.now
        try ChildProcesses.start(process)
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        ChildProcesses.wait(for: process)
        let seconds = Clock.seconds(since: start)
        let errorText = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
        return Run(
            status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
            lastError: errorText.split(separator: "\n").last.map { String($0) } ?? "", seconds: seconds)
    }

    /// Runs a program. Throws an error if the program fails.
    @discardableResult
    static func check(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], folder: URL? = nil
    ) throws -> Run {
        let run = try run(executable, arguments, environment: environment, folder: folder)
        guard run.status == 0 else {
            throw Failed(
                description: "\(executable.lastPathComponent) \(arguments.first ?? ""): status \(run.status), "
                    + run.lastError)
        }
        return run
    }

    /// Returns the program with this name on the search path.
    static func find(_ name: String) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").map { URL(filePath: String($0)).appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
    }
}
