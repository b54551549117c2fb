internal import Foundation
internal import Synchronization

/// A test waited until its time limit, and the expected event did not happen.
package struct TimedOut: Error, CustomStringConvertible {
    package let description: String
}

/// A value that threads can change. Other threads can wait for a change. Every wait fails after a time limit.
package final class Pending<Value: Sendable>: Sendable {
    private let current: Mutex<Value>
    private let changed = NSCondition()

    package init(_ value: Value) {
        current = Mutex(value)
    }

    package var value: Value {
        current.withLock { $0 }
    }

    package func change(_ body: (inout Value) -> Void) {
        changed.lock()
        defer { changed.unlock() }
        current.withLock { body(&$0) }
        changed.broadcast()
    }

    /// Blocks until `find` returns a result. `find` may change the value, for example to remove the result from it.
    @discardableResult
    package func wait<Found: Sendable>(
        for what: String = "an event", within limit: Duration = .seconds(60), _ find: (inout Value) -> Found?
    ) throws -> Found {
        let deadline = Date(timeIntervalSinceNow: limit / .seconds(1))
        changed.lock()
        defer { changed.unlock() }
        repeat {
            if let found = current.withLock({ find(&$0) }) { return found }
        } while changed.wait(until: deadline)
        throw TimedOut(description: "\(what) was not set within \(limit)")
    }
}

extension Pending<Bool> {
    /// An event that happens once.
    package static func event() -> Pending<Bool> { Pending(false) }

    package func happen() {
        change { $0 = true }
    }

    package func wait(for what: String = "an event", within limit: Duration = .seconds(60)) throws {
        try wait(for: what, within: limit) { $0 ? true : nil }
    }
}
