import Foundation
import Synchronization

/// Sends deliveries over keep-alive connections from one thread. Each connection has at most one delivery in progress.
struct LoadGenerator: Sendable {
    enum Pace: Sendable {
        /// A closed loop: each connection sends its next delivery after the last response.
        case whenResponded
        /// An open loop: the generator sends deliveries at fixed times. If no connection is free, a delivery waits, and
        /// the wait counts as latency. A stalled server therefore cannot appear fast because deliveries were never
        /// sent.
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
        // Gives each load of the process a separate range of delivery numbers.
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
