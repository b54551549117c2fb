import Foundation
import Synchronization

/// Ends the process when nothing moves: nothing that storage does may make the archive hang.
final class Watchdog: Sendable {
    static let shared = Watchdog()

    private static let limit = Duration.seconds(30)

    /// Nil while it rests.
    private let state = Mutex<(place: String, since: ContinuousClock.Instant)?>(("the start", .now))

    /// Says what begins now.
    func beat(_ place: String) {
        state.withLock { $0 = (place, .now) }
    }

    /// Looks away until the next beat: another process works, and has a watchdog of its own.
    func rest() {
        state.withLock { $0 = nil }
    }

    func start() {
        let thread = Thread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 1)
                guard let (place, since) = state.withLock({ $0 }), ContinuousClock.now - since > Self.limit
                else { continue }
                FileHandle.standardError.write(Data("violation: \(place) hangs\n".utf8))
                exit(3)
            }
        }
        thread.start()
    }
}
