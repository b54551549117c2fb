internal import Foundation
internal import Synchronization

/// How often Ctrl-C came since it is noted. A global, for a signal's handler has nothing else.
private let interruptionCount = Atomic<Int>(0)

/// Ctrl-C while something runs that ends in order: the first is noted, the second ends the process.
package enum Interruption {
    /// From here on, until `release`.
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

    /// Ctrl-C ends the process again.
    package static func release() {
        signal(SIGINT, SIG_DFL)
    }
}
