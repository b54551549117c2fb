import Deliveries
import ProviderTransport
import Synchronization

/// A clock that advances only by the requested waits, which it records.
final class ManualClock: Sendable {
    private struct State {
        var now = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
        var waits: [Duration] = []
    }

    private let state = Mutex(State())

    var now: Timestamp { state.withLock { $0.now } }
    var waits: [Duration] { state.withLock { $0.waits } }

    func advance(by duration: Duration) {
        state.withLock { $0.now = $0.now.advanced(byMilliseconds: duration.wholeMilliseconds) }
    }

    var clock: CallClock {
        CallClock(
            now: { self.now },
            sleep: { duration async throws(CancellationError) in
                if Task.isCancelled { throw CancellationError() }
                self.state.withLock { $0.waits.append(duration) }
                self.advance(by: duration)
            })
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
