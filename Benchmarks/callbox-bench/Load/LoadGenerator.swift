import Foundation
import Synchronization

/// Sends deliveries over keep-alive connections, one at a time on each, from one thread.
struct LoadGenerator: Sendable {
    enum Pace: Sendable {
        /// Each connection sends its next delivery after the last response (a closed loop).
        case whenResponded
        /// Deliveries are sent at fixed times (an open loop). If no connection is free, a delivery waits, and the wait
        /// counts as latency. A stalled server therefore cannot look fast because deliveries were never sent.
        case perSecond(Double)
    }

    enum Extent: Sendable {
        case seconds(Double)
        case deliveries(Int)
    }

    let port: Int
    var connectionCount = 64
    var pace = Pace.whenResponded
    let extent: Extent
    let factory: DeliveryFactory

    private static let numbers = Atomic<UInt64>(0)

    func run() async throws -> LoadOutcome {
        // Two loads of a process never send a delivery with the same number.
        let first = Self.numbers.wrappingAdd(1 << 32, ordering: .relaxed).oldValue
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(
                    with: Result {
                        var loop = try LoadLoop(self, firstNumber: first)
                        return loop.run()
                    })
            }
            thread.name = "load"
            thread.start()
        }
    }
}
