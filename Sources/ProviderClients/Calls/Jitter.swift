internal import Synchronization

/// Random parts of waiting times, so that callers that failed together do not come back together.
package final class Jitter: Sendable {
    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    package init(_ generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.generator = Mutex(generator)
    }

    /// A number from 0 up to 1.
    func next() -> Double {
        generator.withLock { generator in
            let bits = generator.next() >> 11
            return Double(bits) / Double(UInt64(1) << 53)
        }
    }
}
