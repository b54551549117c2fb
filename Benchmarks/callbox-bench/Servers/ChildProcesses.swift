import Foundation
import Synchronization

/// The running processes that the benchmark has started. None of them must outlive the benchmark.
enum ChildProcesses {
    private static let running = Mutex<Set<Int32>>([])

    /// Starts a process that blocks no signals. Threads of libdispatch block signals. A child process would inherit the
    /// blocked signals and never receive SIGTERM.
    static func start(_ process: Process) throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
        _ = running.withLock { $0.insert(process.processIdentifier) }
    }

    /// Waits until a process ends. The wait function of Foundation keeps a core busy, which would disturb a benchmark.
    static func wait(for process: Process) {
        while process.isRunning { usleep(200) }
        _ = running.withLock { $0.remove(process.processIdentifier) }
    }

    /// Sends a signal to end a process. Kills the process if it does not end in time.
    static func end(_ process: Process, signal: Int32 = SIGTERM) {
        if process.isRunning { kill(process.processIdentifier, signal) }
        let start = Clock.now
        while process.isRunning, Clock.seconds(since: start) < 30 { usleep(1000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        wait(for: process)
    }

    /// Ends the processes and removes `folder` when the benchmark receives a signal. The processes do not receive the
    /// signal, because they have their own process groups.
    static func endWithThisProcess(removing folder: URL) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                // Keeps the signal source alive until the process ends.
                _ = source
                for child in running.withLock({ $0 }) { kill(child, SIGKILL) }
                try? FileManager.default.removeItem(at: folder)
                exit(130)
            }
            source.resume()
        }
    }
}
