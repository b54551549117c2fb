import Synchronization
import TestKit

/// Takes log text the way a stuck terminal does: the first write begins and does not end before `release`.
final class HeldSink: Sendable {
    private let written = KeptText()
    private let firstWriteBegan = Pending.event()
    private let mayGoOn = Pending.event()

    /// The writes that ended, in order.
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
