internal import Deliveries
internal import Synchronization

/// Refused deliveries on their way to the writer. Small: what does not fit is left out, so that a flood of forgeries takes
/// neither the memory nor the writer's time from deliveries that are real.
final class QuarantineBuffer: Sendable {
    enum Admission {
        /// The buffer was empty: the writer has to be told.
        case isFirst
        case waitsForWriter
        case full
    }

    static let countLimit = 64
    /// Bodies together, but for a single larger one.
    static let byteCountLimit = 32 * 1024 * 1024

    private struct State {
        var deliveries: [QuarantinedDelivery] = []
        var byteCount = 0
    }

    private let state = Mutex(State())

    func add(_ delivery: QuarantinedDelivery) -> Admission {
        let byteCount = delivery.request.body.count
        return state.withLock { state in
            let isFirst = state.deliveries.isEmpty
            guard
                isFirst
                    || state.deliveries.count < Self.countLimit && state.byteCount + byteCount <= Self.byteCountLimit
            else { return .full }
            state.deliveries.append(delivery)
            state.byteCount += byteCount
            return isFirst ? .isFirst : .waitsForWriter
        }
    }

    func takeAll() -> [QuarantinedDelivery] {
        state.withLock { state in
            let taken = state.deliveries
            state = State()
            return taken
        }
    }
}
