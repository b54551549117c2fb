/// The commits that wait until a follower has them. Does no I/O and reads no clock.
struct FollowerWaits {
    /// Called once, with true if a follower has the entry.
    typealias Finish = @Sendable (Bool) -> Void

    private struct Wait {
        let position: Int64
        let deadline: ContinuousClock.Instant
        let finish: Finish
    }

    /// The waits, sorted by position. Their deadlines have the same order, because the journal's writer adds the waits
    /// in order.
    private var waits: ArraySlice<Wait> = []
    /// The highest position that any follower has on its disk.
    private(set) var acknowledged: Int64 = 0

    var count: Int { waits.count }

    /// The time at which `expired` must be called next; nil if there are no waits.
    var deadline: ContinuousClock.Instant? { waits.first?.deadline }

    /// Adds a wait.
    ///
    /// - Returns: false if a follower already has the entry; `finish` is then not called.
    mutating func add(
        _ position: Int64, until deadline: ContinuousClock.Instant, _ finish: @escaping Finish
    ) -> Bool {
        guard position > acknowledged else { return false }
        waits.append(Wait(position: position, deadline: deadline, finish: finish))
        return true
    }

    /// Called when a follower has all entries up to `position`. Returns the waits that have ended; the caller finishes
    /// them with true.
    mutating func acknowledge(upTo position: Int64) -> [Finish] {
        acknowledged = max(acknowledged, position)
        let last = acknowledged
        return take { $0.position <= last }
    }

    /// Returns the waits whose deadline has passed; the caller finishes them with false.
    mutating func expired(at now: ContinuousClock.Instant) -> [Finish] {
        take { $0.deadline <= now }
    }

    /// Removes and returns all waits.
    mutating func removeAll() -> [Finish] {
        take { _ in true }
    }

    private mutating func take(while isTaken: (Wait) -> Bool) -> [Finish] {
        let taken = waits.prefix(while: isTaken)
        waits = waits.dropFirst(taken.count)
        if waits.isEmpty { waits = [] }
        return taken.map(\.finish)
    }
}
