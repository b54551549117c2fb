package import Foundation

/// A program that a test runs. The program is killed after its maximum lifetime, so every wait for the program or its
/// output ends.
package final class ChildProcess: Sendable {
    private let process: Process
    private let status = Pending<Int32?>(nil)
    private let lifetime: Duration

    /// Starts the program with empty standard input. Variables of this process whose names start with `CALLBOX_` are
    /// not inherited.
    package init(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], in directory: URL? = nil,
        input: Any = FileHandle.nullDevice, output: Any = FileHandle.nullDevice, error: Any = FileHandle.nullDevice,
        lifetime: Duration = .seconds(900)
    ) throws {
        self.lifetime = lifetime
        process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CALLBOX_") }
            .merging(environment) { $1 }
        process.currentDirectoryURL = directory ?? ProjectFolder.root
        process.standardInput = input
        process.standardOutput = output
        process.standardError = error
        process.terminationHandler = { [status] ended in
            let code = ended.terminationStatus
            status.change { $0 = code }
        }
        try process.run()
        DispatchQueue.global().asyncAfter(deadline: .now() + lifetime / .seconds(1)) { [weak self] in self?.kill() }
    }

    package var id: Int32 { process.processIdentifier }

    /// Waits until the program ends. Returns its exit status, or the number of the signal that ended it.
    ///
    /// - Parameter limit: the longest wait; by default until the program would be killed.
    package func waitUntilExit(within limit: Duration? = nil) throws -> Int32 {
        try status.wait(for: "the end of a program", within: limit ?? lifetime + .seconds(10)) { $0 }
    }

    /// Waits until the program ends, and ends it after `limit`. Returns the exit status.
    package func waitUntilExit(orEndAfter limit: Duration) throws -> Int32 {
        if let code = try? status.wait(within: limit, { $0 }) { return code }
        return try end()
    }

    /// Sends SIGTERM, and kills the program after two minutes. The limit is long because a stopping server waits until
    /// dictionary training ends.
    @discardableResult
    package func end() throws -> Int32 {
        if status.value == nil { process.terminate() }
        if let code = try? status.wait(within: .seconds(120), { $0 }) { return code }
        kill()
        return try waitUntilExit()
    }

    package func kill() {
        guard status.value == nil else { return }
        _ = Foundation.kill(id, SIGKILL)
    }

    deinit {
        kill()
    }
}

extension ChildProcess {
    /// The exit status and output of a program.
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

    /// Runs a program until it ends.
    package static func run(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], in directory: URL? = nil
    ) throws -> Result {
        let (output, error) = (Pipe(), Pipe())
        let process = try ChildProcess(
            executable, arguments, environment: environment, in: directory, output: output, error: error)
        // Reads both pipes at the same time, because a full pipe would block the program.
        let errors = ReadText(error)
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        // Closes the pipes, because Foundation retains the `Process` and its pipes after the program has ended.
        try output.fileHandleForReading.close()
        return Result(status: try process.waitUntilExit(), output: Array(bytes), error: try errors.waitUntilEnd())
    }
}

/// The text from a pipe. A separate thread reads the text until the pipe ends.
package final class ReadText: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
    }

    private let state = Pending(State())

    package init(_ pipe: Pipe) {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [state] in
            while case let data = handle.availableData, !data.isEmpty {
                state.change { $0.bytes += data }
            }
            try? handle.close()
            state.change { $0.hasEnded = true }
        }
    }

    var text: String {
        String(decoding: state.value.bytes, as: UTF8.self)
    }

    /// Blocks until the text satisfies a condition, or until the pipe ends.
    package func wait(for what: String, within limit: Duration, _ condition: (String) -> Bool) throws {
        let isThere = try? state.wait(within: limit) { state -> Bool? in
            if condition(String(decoding: state.bytes, as: UTF8.self)) { return true }
            return state.hasEnded ? false : nil
        }
        guard isThere == true else { throw TimedOut(description: "\(what) was not printed: \(text)") }
    }

    func waitUntilEnd() throws -> String {
        try state.wait(for: "the end of a program's messages") { $0.hasEnded ? true : nil }
        return text
    }
}
