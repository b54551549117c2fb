import Synchronization
import TestKit

/// A log destination like a stuck terminal: its first write does not return before `release`.
final class HeldSink: Sendable {
    private let written = KeptText()
    private let firstWriteBegan = Pending.event()
    private let mayGoOn = Pending.event()

    /// The text of all completed writes, in order.
    var text: String { written.text }

    func write(_ text: String) {
        firstWriteBegan.happen()
        do {
            try mayGoOn.wait(for: "the release")
            written.append(text)
        } catch {
            written.append("never released\n")
        }
    }

    func waitUntilWriting() throws {
        try firstWriteBegan.wait(for: "the first write")
    }

    func release() {
        mayGoOn.happen()
    }
}

/// A log destination that stores the text.
final class KeptText: Sendable {
    private let kept = Mutex("")

    var text: String {
        kept.withLock { $0 }
    }

    func append(_ text: String) {
        kept.withLock { $0 += text }
    }
}
