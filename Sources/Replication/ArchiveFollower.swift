package import Deliveries
package import Journal
internal import Synchronization

/// Copies another archive's entries to this archive, over HTTP, until its task is cancelled.
///
/// ```
/// own end ─ request ─▶ primary ─ batch ─▶ decode ─▶ writer: commitments ▸ chain ▸ insert ▸ fsync ─ new end ─▶ request
/// ```
/// Each request acknowledges the entries that this archive has on its disk. A failed request is repeated after a pause,
/// which doubles with each failure. If this archive is not a copy of the primary's archive, copying ends.
package final class ArchiveFollower: Sendable {
    package enum Event: Sendable, Equatable {
        case connected(position: Int64)
        /// The copy has all entries of the primary.
        case caughtUp(position: Int64)
        case failed(reason: String)
        /// Another archive took over from the primary, and this archive has all entries of the primary.
        case primarySuperseded(epoch: Int64)
        /// Copying ended.
        case stopped(reason: String)
    }

    package struct Progress: Sendable, Equatable {
        /// The last position that was copied.
        package var position: Int64 = 0
        /// The primary's last position, as of its last response.
        package var primaryPosition: Int64 = 0
        package var isConnected = false
        /// The reason why copying ended; nil while copying continues.
        package var problem: String?
    }

    private static let shortestPause: Duration = .milliseconds(250)
    private static let longestPause: Duration = .seconds(30)

    private let client: ReplicationClient
    private let writer: JournalWriter
    private let node: String
    private let noteRemoved: @Sendable ([DeliveryID]) -> Void
    private let note: @Sendable (Event) -> Void
    private let state = Mutex(Progress())

    /// - Parameters:
    ///   - node: the follower's name in the metrics of the primary.
    ///   - noteRemoved: called with the deliveries whose bodies or entries the copied records removed.
    ///   - note: called with each change; must not block.
    package init(
        _ primary: PrimaryAddress, into writer: JournalWriter, node: String,
        noteRemoved: @escaping @Sendable ([DeliveryID]) -> Void = { _ in },
        note: @escaping @Sendable (Event) -> Void
    ) {
        client = ReplicationClient(primary)
        self.writer = writer
        self.node = node
        self.noteRemoved = noteRemoved
        self.note = note
    }

    package var progress: Progress { state.withLock { $0 } }

    /// Copies until the task is cancelled. Returns earlier if this archive is not a copy of the primary's archive.
    package func run() async {
        var copy = ArchiveCopy(writer, client, node: node)
        var pause = Self.shortestPause
        var lastEvent: Event?
        var hasCaughtUp = false
        func report(_ event: Event) {
            if event != lastEvent { note(event) }
            lastEvent = event
        }
        while !Task.isCancelled {
            do {
                // The first request does not wait for an entry, so its response shows at once that the primary is
                // connected.
                let step = try await copy.step(waitSeconds: progress.isConnected ? ReplicationRequest.waitLimit : 0)
                if !step.removed.isEmpty { noteRemoved(step.removed) }
                let wasConnected = state.withLock { progress in
                    defer {
                        (progress.position, progress.primaryPosition) = (step.position, step.primaryPosition)
                        progress.isConnected = true
                    }
                    return progress.isConnected
                }
                if !wasConnected { report(.connected(position: step.position)) }
                pause = Self.shortestPause
                if step.position >= step.primaryPosition, !hasCaughtUp, step.supersededBy == nil {
                    hasCaughtUp = true
                    report(.caughtUp(position: step.position))
                }
                guard step.isCaughtUp else { continue }
                if let epoch = step.supersededBy {
                    report(.primarySuperseded(epoch: epoch))
                    try? await Task.sleep(for: Self.longestPause)
                } else if step.wasAtOnce {
                    // The primary did not wait, because too many other requests wait there.
                    try? await Task.sleep(for: Self.shortestPause)
                }
            } catch {
                guard !Task.isCancelled else { return }
                state.withLock { $0.isConnected = false }
                hasCaughtUp = false
                if case .stopped(let reason) = error {
                    state.withLock { $0.problem = reason }
                    return report(.stopped(reason: reason))
                }
                report(.failed(reason: error.text))
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }
}
