internal import Foundation

/// Counts calls as Centric does: 60 in any minute and 7,220 in any day (PROVIDERS.md 2B.2).
struct CentricThrottle: Sendable {
    static let perMinute = 60
    static let perDay = 7_220

    /// Times of the calls let in during the last day, at most `perDay`.
    private var calls: [Date] = []

    /// Lets a call in and counts it, or says how many seconds to wait; a call refused does not count.
    mutating func refusal(at now: Date) -> Int? {
        let forgotten = calls.prefix { $0 <= now - 86_400 }.count
        if forgotten > 0 { calls.removeFirst(forgotten) }
        if calls.count >= Self.perDay, let oldest = calls.first { return Self.wait(until: oldest + 86_400, now) }
        if calls.count >= Self.perMinute {
            let free = calls[calls.count - Self.perMinute] + 60
            if free > now { return Self.wait(until: free, now) }
        }
        calls.append(now)
        return nil
    }

    private static func wait(until date: Date, _ now: Date) -> Int {
        max(1, Int(date.timeIntervalSince(now).rounded(.up)))
    }
}
