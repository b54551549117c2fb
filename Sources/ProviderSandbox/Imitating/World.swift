package import Foundation

/// What the imitated providers share while one call is answered: the time, chance, where everybody is, and the
/// callbacks that go out afterwards. It does nothing by itself, so an imitation is tested as values in, values out.
package struct World: Sendable {
    /// The sandbox's own time: the real one and what it was put forward by.
    package let now: Date
    /// Where the sandbox answers, `http://127.0.0.1:9900`.
    package let baseURL: String
    package var random: SeededRandom
    package private(set) var outbox: [Callback] = []

    package init(now: Date, baseURL: String, random: SeededRandom) {
        self.now = now
        self.baseURL = baseURL
        self.random = random
    }

    package var secondsSinceEpoch: Int64 {
        Int64(now.timeIntervalSince1970)
    }

    /// Hands over a callback; it leaves when the call is answered.
    package mutating func send(_ callback: Callback) {
        outbox.append(callback)
    }

    /// ISO 8601 with milliseconds and `Z`: `2026-11-21T10:00:00.000Z`.
    package func timestamp(after seconds: TimeInterval = 0) -> String {
        (now + seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
