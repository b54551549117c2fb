import Foundation

/// A server under measurement, in a process of its own.
final class ServerProcess {
    let port: Int
    private let process = Process()

    init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while line.last != 0x0a, let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            line.append(byte)
        }
        let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard let port = text.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw CocoaError(.executableLoad)
        }
        self.port = port
    }

    /// The largest resident size so far, in MiB; nil where /proc is not there.
    var peakMebibytes: Int? {
        let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 / 1024 }
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
