import Dispatch
import Synchronization

/// Takes log text the way a stuck terminal does: the first write begins and does not end before `release`.
final class HeldSink: Sendable {
    private let written = Mutex<[String]>([])
    private let isHeld = Mutex(true)
    private let firstWriteBegan = DispatchSemaphore(value: 0)
    private let mayGoOn = DispatchSemaphore(value: 0)

    /// The writes that ended, in order.
    var text: String {
        written.withLock { $0.joined() }
    }

    func write(_ text: String) {
        let isFirst = isHeld.withLock { isHeld in
            defer { isHeld = false }
            return isHeld
        }
        if isFirst {
            firstWriteBegan.signal()
            mayGoOn.wait()
        }
        written.withLock { $0.append(text) }
    }

    func waitUntilWriting() {
        firstWriteBegan.wait()
    }

    func release() {
        mayGoOn.signal()
    }
}

/// Takes text and keeps it.
final class KeptText: Sendable {
    private let kept = Mutex("")

    var text: String {
        kept.withLock { $0 }
    }

    func append(_ text: String) {
        kept.withLock { $0 += text }
    }
}
