import Foundation
import Synchronization

/// Ends the process if it makes no progress, because the archive must not hang after a storage failure.
final class Watchdog: Sendable {
    static let shared = Watchdog()

    private static let limit = Duration.seconds(30)

    /// The current step and its start; nil while the watchdog is paused.
    private let state = Mutex<(place: String, since: ContinuousClock.Instant)?>(("the start", .now))

    /// Records that a step starts.
    func beat(_ place: String) {
        state.withLock { $0 = (place, .now) }
    }

    /// Pauses until the next `beat`. Call it before work is passed to a process that has its own watchdog.
    func rest() {
        state.withLock { $0 = nil }
    }

    func start() {
        Thread.detachNewThread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 1)
                guard let (place, since) = state.withLock({ $0 }), ContinuousClock.now - since > Self.limit
                else { continue }
                FileHandle.standardError.write(Data("violation: \(place) hangs\n".utf8))
                exit(3)
            }
        }
    }
}
