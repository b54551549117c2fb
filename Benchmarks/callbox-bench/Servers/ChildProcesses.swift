import Foundation
import Synchronization

/// The processes that the benchmark has started and that still run. None must outlive it.
enum ChildProcesses {
    private static let running = Mutex<Set<Int32>>([])

    /// Starts a process with no blocked signals. Threads of libdispatch block signals, and a child would inherit that
    /// and never receive SIGTERM.
    static func start(_ process: Process) throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
        _ = running.withLock { $0.insert(process.processIdentifier) }
    }

    /// Waits for the end of a process. Foundation's own wait keeps a core busy, which would disturb a benchmark.
    static func wait(for process: Process) {
        while process.isRunning { usleep(200) }
        _ = running.withLock { $0.remove(process.processIdentifier) }
    }

    /// Sends a signal to end a process, and kills it after a while.
    static func end(_ process: Process, signal: Int32 = SIGTERM) {
        if process.isRunning { kill(process.processIdentifier, signal) }
        let start = Clock.now
        while process.isRunning, Clock.seconds(since: start) < 30 { usleep(1000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        wait(for: process)
    }

    /// When the benchmark gets a signal, ends the processes and removes `folder`. The processes have their own process
    /// groups, so they do not receive the signal.
    static func endWithThisProcess(removing folder: URL) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                // Keeps the signal source alive as long as the process.
                _ = source
                for child in running.withLock({ $0 }) { kill(child, SIGKILL) }
                try? FileManager.default.removeItem(at: folder)
                exit(130)
            }
            source.resume()
        }
    }
}
