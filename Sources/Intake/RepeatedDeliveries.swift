internal import Deliveries
internal import Synchronization

/// Bounds how much one signed body can add to the journal. A signature without a time never expires, so anyone who
/// recorded a delivery can send it forever.
///
/// Copies up to `countLimit` are kept, each as an attempt of its report, and then one in `interval`. Others get the
/// acknowledgement of the copy that was kept last, because the same body is durable. Remembers the bodies seen last, in
/// two generations as `AddressTable` does.
final class RepeatedDeliveries: Sendable {
    private static let interval: Int64 = 60_000

    private struct Body: Hashable {
        let source: String
        let sha256: [UInt8]
    }

    private struct Copies {
        var count = 0
        var keptAt: Timestamp
        var acknowledgement: Response
    }

    private struct State {
        var newer: [Body: Copies] = [:]
        var older: [Body: Copies] = [:]
    }

    private let countLimit: Int
    private let generationCountLimit: Int
    private let state = Mutex(State())

    init(countLimit: Int, bodyCount: Int = 4096) {
        self.countLimit = countLimit
        self.generationCountLimit = max(1, bodyCount / 2)
    }

    /// The response to a copy that is not kept; nil for a delivery that is to be committed.
    func acknowledgement(of delivery: EncodedDelivery) -> Response? {
        guard delivery.verification == .verified else { return nil }
        let body = Body(source: delivery.source, sha256: delivery.body.sha256)
        return state.withLock { state in
            guard let copies = state.newer[body] ?? state.older[body], copies.count >= countLimit,
                delivery.receivedAt.milliseconds(since: copies.keptAt) < Self.interval
            else { return nil }
            return copies.acknowledgement
        }
    }

    /// A delivery is durable.
    func note(_ delivery: EncodedDelivery, _ acknowledgement: Response) {
        guard delivery.verification == .verified else { return }
        let body = Body(source: delivery.source, sha256: delivery.body.sha256)
        state.withLock { state in
            var copies =
                state.newer[body] ?? state.older.removeValue(forKey: body)
                ?? Copies(keptAt: delivery.receivedAt, acknowledgement: acknowledgement)
            copies.count += 1
            copies.keptAt = delivery.receivedAt
            copies.acknowledgement = acknowledgement
            if state.newer.count >= generationCountLimit, state.newer[body] == nil {
                state.older = state.newer
                state.newer = [:]
            }
            state.newer[body] = copies
        }
    }
}
