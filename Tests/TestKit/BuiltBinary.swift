package import Foundation
internal import Synchronization

/// The binaries that were built beside the tests, run as a user runs them.
package enum BuiltBinary {
    /// How a run ended.
    package struct Result: Sendable {
        package let status: Int32
        package let output: [UInt8]
        package let error: String

        package var text: String {
            String(decoding: output, as: UTF8.self)
        }

        package var lines: [String] {
            text.split(separator: "\n").map(String.init)
        }
    }

    /// Where the products are.
    package static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["CALLBOX_BINARIES"] { return URL(filePath: path) }
        return ProjectFolder.root.appending(path: ".build/debug")
    }()

    /// Runs a binary to its end, without this process's CALLBOX_ variables.
    package static func run(
        _ name: String = "callbox", _ arguments: [String], environment: [String: String] = [:], in directory: URL? = nil
    ) throws -> Result {
        let process = process(name, arguments, environment, directory)
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // Both pipes are read at once, or the fuller one would stop the process.
        let errorData = Mutex(Data())
        let errorIsRead = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            let data = error.fileHandleForReading.readDataToEndOfFile()
            errorData.withLock { $0 = data }
            errorIsRead.signal()
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        errorIsRead.wait()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: Array(data),
            error: String(decoding: errorData.withLock { $0 }, as: UTF8.self))
    }

    static func process(
        _ name: String, _ arguments: [String], _ environment: [String: String], _ directory: URL?
    ) -> Process {
        let process = Process()
        process.executableURL = folder.appending(path: name)
        process.arguments = arguments
        var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CALLBOX_") }
        all.merge(environment) { _, new in new }
        process.environment = all
        process.currentDirectoryURL = directory ?? ProjectFolder.root
        return process
    }
}

/// A `callbox serve` or `callbox-sandbox receive` that runs beside a test.
package final class RunningServer: Sendable {
    /// It ended or said nothing before it listened.
    package struct DidNotStart: Error {
        package let error: String
    }

    package let port: Int
    private let process: Process
    private let output: Pipe
    private let log: URL

    /// Starts it and waits until it prints its address.
    package init(
        _ name: String = "callbox", _ arguments: [String], environment: [String: String] = [:], in directory: URL? = nil
    ) throws {
        process = BuiltBinary.process(name, arguments, environment, directory)
        output = Pipe()
        log = FileManager.default.temporaryDirectory.appending(path: "callbox-log-\(UUID().uuidString.prefix(8))")
        _ = FileManager.default.createFile(atPath: log.path(), contents: nil)
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var line: [UInt8] = []
        while line.last != 0x0a, let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            line.append(contentsOf: byte)
        }
        let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard let port = text.split(separator: ":").last.flatMap({ Int($0) }) else {
            process.terminate()
            process.waitUntilExit()
            throw DidNotStart(error: text)
        }
        self.port = port
    }

    package var processID: Int32 {
        process.processIdentifier
    }

    package var url: String {
        "http://127.0.0.1:\(port)"
    }

    /// Everything it prints after its address until it ends.
    package func remainingOutput() -> String {
        String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    /// The server did not say within five seconds that it has read its configuration anew.
    package struct DidNotReload: Error {}

    /// Sends SIGHUP and waits until the log tells how the reload ended.
    package func reload() throws {
        let before = reloadCount
        _ = Foundation.kill(process.processIdentifier, SIGHUP)
        let deadline = ContinuousClock.now + .seconds(5)
        while reloadCount == before {
            guard ContinuousClock.now < deadline else { throw DidNotReload() }
            sched_yield()
        }
    }

    /// What it has written to standard error so far.
    package var logText: String {
        (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    }

    private var reloadCount: Int {
        logText.split(separator: "\n").count {
            $0.contains("configuration reloaded") || $0.contains("the old one goes on")
        }
    }

    /// Asks it to stop and gives its exit status.
    @discardableResult
    package func stop() -> Int32 {
        process.terminate()
        return waitUntilExit()
    }

    /// Ends it as a power cut would, as far as a process can tell.
    package func kill() {
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    package func waitUntilExit() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        if process.isRunning { kill() }
        try? FileManager.default.removeItem(at: log)
    }
}
