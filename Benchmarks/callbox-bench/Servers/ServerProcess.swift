import Foundation

/// A measured server, which runs in a separate process.
final class ServerProcess {
    struct DidNotStart: Error, CustomStringConvertible {
        let executable: String
        var description: String { "\(executable) did not start" }
    }

    /// The method of detecting that the server has started.
    enum Readiness {
        /// The server listens on port 0 and prints its actual address in the first line of its output.
        case firstLine
        /// The server listens on this port.
        case port(Int)
    }

    let port: Int
    private let process = Process()

    init(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], folder: URL,
        readiness: Readiness = .firstLine, input: FileHandle = .nullDevice
    ) throws {
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        // The server reads a configuration file in its working directory, so this folder must not contain one.
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        let failure = DidNotStart(executable: executable.lastPathComponent)
        switch readiness {
        case .firstLine:
            process.standardOutput = output
            try ChildProcesses.start(process)
            guard let port = try Self.port(output.fileHandleForReading) else {
                ChildProcesses.end(process)
                throw failure
            }
            self.port = port
        case .port(let port):
            process.standardOutput = FileHandle.nullDevice
            try ChildProcesses.start(process)
            self.port = port
            guard Self.waitForListener(process, port) else {
                ChildProcesses.end(process)
                throw failure
            }
        }
    }

    private static func port(_ output: FileHandle) throws -> Int? {
        var line = Data()
        while line.last != 0x0a, let byte = try output.read(upToCount: 1), !byte.isEmpty {
            line.append(byte)
        }
        let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
        return text.split(separator: ":").last.flatMap { Int($0) }
    }

    private static func waitForListener(_ process: Process, _ port: Int) -> Bool {
        let start = Clock.now
        while process.isRunning, Clock.seconds(since: start) < 30 {
            if var connection = try? LoadConnection(port: port) {
                connection.close()
                return true
            }
            usleep(20_000)
        }
        return false
    }

    /// Returns an unused port of this machine.
    static func freePort() -> Int {
        #if os(Linux)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// The number of open descriptors. 0 if the machine has no /proc.
    var descriptorCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count) ?? 0
    }

    /// The largest resident size since the start, in MiB. Nil if the machine has no /proc.
    var peakMebibytes: Int? {
        let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 / 1024 }
    }

    /// Waits until the server ends, after another process has requested the end.
    func waitForEnd() {
        ChildProcesses.wait(for: process)
    }

    /// Sends a signal to end the server, and waits until it ends.
    func stop(signal: Int32 = SIGTERM) {
        ChildProcesses.end(process, signal: signal)
    }
}
