internal import GRDB

/// Work on the writing connection, done between commits. Each part of a job takes a few milliseconds, so no delivery
/// waits long.
struct WriterJob: Sendable {
    /// Runs a part. Returns true after the last part. No transaction is open before or after a part.
    let part: @Sendable (Database, inout JournalAppend, PartEnd) throws -> Bool
    /// Called once: after the last part, or with the failure of a part.
    let finish: @Sendable (ArchiveError?) -> Void
}

/// Decides when a part of a job ends. A part ends earlier if a delivery waits.
package struct PartEnd {
    /// The duration of a part while a delivery waits. More than zero, because the job must make progress.
    static let shortest: Duration = .microseconds(500)
    /// The duration of a part while no delivery waits. A delivery that arrives waits until the part ends.
    static let longest: Duration = .milliseconds(2)

    let start = ContinuousClock.now
    private let commitWaits: () -> Bool

    init(commitWaits: @escaping () -> Bool) {
        self.commitWaits = commitWaits
    }

    package func isDue(at now: ContinuousClock.Instant = .now) -> Bool {
        let duration = start.duration(to: now)
        return duration >= Self.longest || duration >= Self.shortest && commitWaits()
    }
}
