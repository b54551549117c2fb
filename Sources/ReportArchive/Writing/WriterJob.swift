internal import Foundation
internal import GRDB

/// Work on the writing connection beside the commits, done in parts that each take a few milliseconds at most, so that no
/// delivery waits long.
struct WriterJob: Sendable {
    enum Progress: Sendable {
        case unfinished
        case finished
    }

    /// Whether what it writes can be written again from the journal: its transactions then go without a sync of their own.
    let isRebuildable: Bool
    /// Does a part, outside any transaction when it begins and when it ends.
    let part: @Sendable (Database, PartEnd) throws -> Progress
    /// Told once: after the last part, or with what went wrong.
    let finish: @Sendable (ArchiveError?) -> Void
}

/// Tells a job when its part has lasted long enough: at once where a delivery waits, though not before it got something done.
struct PartEnd {
    /// What a part may take while a delivery waits.
    static let leastDuration: Duration = .microseconds(500)
    /// What a part may take while none does. Not more, for one may come, and waits until what was done so far is written.
    static let mostDuration: Duration = .milliseconds(2)

    private let start = ContinuousClock.now
    private let commitWaits: () -> Bool

    init(commitWaits: @escaping () -> Bool) {
        self.commitWaits = commitWaits
    }

    var hasCome: Bool {
        let duration = start.duration(to: .now)
        return duration >= Self.mostDuration || duration >= Self.leastDuration && commitWaits()
    }
}
