package import Foundation

/// Runs the binaries that were built together with the tests.
package enum BuiltBinary {
    package typealias Result = ChildProcess.Result

    /// The folder of the built products.
    package static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["CALLBOX_BINARIES"] { return URL(filePath: path) }
        return ProjectFolder.root.appending(path: ".build/debug")
    }()

    /// Runs a binary until it ends.
    package static func run(
        _ name: String = "callbox", _ arguments: [String], environment: [String: String] = [:], in directory: URL? = nil
    ) throws -> Result {
        try ChildProcess.run(folder.appending(path: name), arguments, environment: environment, in: directory)
    }
}

/// A `callbox serve` or `callbox-sandbox receive` that runs during a test.
package final class RunningServer: Sendable {
    /// The server ended, or did not print its address in time.
    package struct DidNotStart: Error {
        package let error: String
    }

    package let port: Int
    private let process: ChildProcess
    private let output = Pipe()
    private let log: ReadText

    /// Starts the server and waits until it prints its address.
    package init(
        _ name: String = "callbox", _ arguments: [String], environment: [String: String] = [:], in directory: URL? = nil
    ) throws {
        let error = Pipe()
        process = try ChildProcess(
            BuiltBinary.folder.appending(path: name), arguments, environment: environment, in: directory,
            output: output, error: error)
        log = ReadText(error)
        var line: [UInt8] = []
        while line.last != 0x0a, let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            line.append(contentsOf: byte)
        }
        let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard let port = text.split(separator: ":").last.flatMap({ Int($0) }) else {
            try process.end()
            throw DidNotStart(error: text + log.text)
        }
        self.port = port
    }

    package var processID: Int32 { process.id }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// The standard output after the line with the address. Blocks until the server ends.
    package func remainingOutput() -> String {
        String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    /// Sends SIGHUP and waits until the log contains the result of the reload.
    package func reload() throws {
        func isEnd(_ line: Substring) -> Bool {
            line.contains("configuration reloaded") || line.contains("the old settings stay in use")
        }
        let count = log.text.split(separator: "\n").count(where: isEnd)
        _ = Foundation.kill(process.id, SIGHUP)
        try log.wait(for: "a reload", within: .seconds(30)) { $0.split(separator: "\n").count(where: isEnd) > count }
    }

    /// The server's standard error so far.
    package var logText: String { log.text }

    /// The number of log lines that contain all of these strings.
    package func logCount(_ texts: String...) -> Int {
        Self.count(texts, in: log.text)
    }

    /// Blocks until the log has `count` lines that contain all of these strings.
    package func waitForLog(_ texts: String..., count: Int = 1) throws {
        try log.wait(for: "\(count) × \(texts) in the log", within: .seconds(90)) { Self.count(texts, in: $0) >= count }
    }

    private static func count(_ texts: [String], in log: String) -> Int {
        log.split(separator: "\n").count(where: { line in texts.allSatisfy { line.contains($0) } })
    }

    /// Stops the server and returns its exit status.
    @discardableResult
    package func stop() throws -> Int32 {
        let status = try process.end()
        _ = try log.waitUntilEnd()
        return status
    }

    /// Kills the server with SIGKILL, so it cannot clean up.
    package func kill() {
        process.kill()
        // The wait ends, because SIGKILL cannot be ignored.
        _ = try? process.waitUntilExit()
    }

    /// Waits up to three minutes for the end of the server, and returns its exit status.
    package func waitUntilExit() throws -> Int32 {
        try process.waitUntilExit(within: .seconds(180))
    }
}
