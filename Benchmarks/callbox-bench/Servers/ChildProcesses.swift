import Foundation
import Synchronization

/// The processes that the benchmark has started and that still run, so that none outlives it.
enum ChildProcesses {
    private static let running = Mutex<Set<Int32>>([])

    static func add(_ process: Process) {
        _ = running.withLock { $0.insert(process.processIdentifier) }
    }

    static func remove(_ process: Process) {
        _ = running.withLock { $0.remove(process.processIdentifier) }
    }

    /// Ends them when the benchmark is told to end; they are in process groups of their own and do not hear of it.
    static func endWithThisProcess() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                // Keeps the source for as long as the process lasts.
                _ = source
                for child in running.withLock({ $0 }) { kill(child, SIGKILL) }
                exit(130)
            }
            source.resume()
        }
    }
}
