internal import Foundation
internal import Synchronization

/// The number of SIGINTs since `note`. It is a global variable, because a signal handler has no context.
private let interruptionCount = Atomic<Int>(0)

/// Handles Ctrl-C during work that can stop cleanly. The first Ctrl-C sets `hasHappened`, the second ends the process.
package enum Interruption {
    /// Counts each Ctrl-C until `release` is called.
    package static func note() {
        interruptionCount.store(0, ordering: .relaxed)
        signal(SIGINT) { _ in
            if interruptionCount.wrappingAdd(1, ordering: .relaxed).newValue > 1 {
                _exit(128 + SIGINT)
            }
        }
    }

    package static var hasHappened: Bool {
        interruptionCount.load(ordering: .relaxed) > 0
    }

    /// Restores the default: Ctrl-C ends the process.
    package static func release() {
        signal(SIGINT, SIG_DFL)
    }
}
