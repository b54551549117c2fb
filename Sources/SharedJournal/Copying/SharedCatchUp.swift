package import Deliveries
internal import Foundation
package import Journal

/// Copies the entries that a shared journal has at the start. Needs only read permission; does not need a thread or a
/// lane.
package struct SharedCatchUp: Sendable, Equatable {
    package private(set) var copiedCount: Int64 = 0
    /// The last position that was copied.
    package private(set) var position: Int64 = 0
    /// The last position of the shared journal at the start. Higher than `position` if the leader has not yet ordered
    /// the record of a removal.
    package private(set) var goal: Int64 = 0

    private static let pause: TimeInterval = 0.1
    /// Copying ends after this number of pauses without a new run. A leader appends runs much sooner, and a new leader
    /// takes the lead when the lease expires.
    private static let pauseCountLimit = 100

    /// Copies the entries. Blocks.
    ///
    /// - Parameters:
    ///   - noteRemoved: called with the deliveries whose bodies or entries the copied records removed.
    ///   - progress: called after each round.
    package init(
        _ settings: SharedJournalSettings, into writer: JournalWriter, noteRemoved: ([DeliveryID]) -> Void,
        progress: (_ position: Int64, _ end: Int64) -> Void
    ) throws {
        let reader = RunReader(connection: try settings.connect("copy"))
        position = try writer.follow(reader).position
        goal = max(position, try reader.lastPosition())
        var pauseCount = 0
        while position < goal, pauseCount < Self.pauseCountLimit {
            let runs = try reader.runs(after: position)
            guard !runs.isEmpty else {
                pauseCount += 1
                Thread.sleep(forTimeInterval: Self.pause)
                continue
            }
            pauseCount = 0
            let outcome = try writer.append(runs)
            position = outcome.end.position
            if !outcome.removed.isEmpty { noteRemoved(outcome.removed) }
            for run in runs { copiedCount += Int64(run.entryCount) }
            progress(position, goal)
        }
    }
}
