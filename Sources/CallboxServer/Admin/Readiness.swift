internal import Foundation
internal import Journal
internal import Replication
internal import ReportIndex
internal import SharedJournal
internal import Synchronization

/// Decides whether the server can accept deliveries. For example, the disk must have space and complete a sync, and the
/// index must not be too far behind.
///
/// The checks run at most once a second. Requests between two runs get the previous result.
final class Readiness: Sendable {
    private static let interval: Duration = .seconds(1)
    private static let writerWait: Duration = .seconds(5)

    private struct State {
        var problems: [String] = []
        var checkedAt: ContinuousClock.Instant?
    }

    private let archive: OpenArchive
    private let floor: FreeSpaceFloor
    private let lag: IndexLag
    private let metrics: ServerMetrics
    private let acknowledgesAfterFollower: Bool
    private let isStopping = Atomic(false)
    private let state = Mutex(State())

    init(
        _ archive: OpenArchive, floor: FreeSpaceFloor, lag: IndexLag, metrics: ServerMetrics,
        acknowledgesAfterFollower: Bool = false
    ) {
        self.acknowledgesAfterFollower = acknowledgesAfterFollower
        self.archive = archive
        self.floor = floor
        self.lag = lag
        self.metrics = metrics
    }

    /// Makes the server unready, so load balancers send no further requests.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
    }

    /// The reasons why the server is not ready; empty if it is ready. Blocks.
    func problems(at now: ContinuousClock.Instant = .now) -> [String] {
        if isStopping.load(ordering: .relaxed) { return ["the server is stopping"] }
        return state.withLock { state in
            if let checkedAt = state.checkedAt, checkedAt.duration(to: now) < Self.interval { return state.problems }
            state.checkedAt = now
            state.problems = [space(), sync(), index(), sharedJournal(), replication()].compactMap { $0 }
            return state.problems
        }
    }

    private func space() -> String? {
        floor.isShort(at: .now) ? "the disk of the archive is nearly full" : nil
    }

    /// Writes and syncs one block in the archive's directory, then checks that the journal's writer is not blocked.
    private func sync() -> String? {
        let start = ContinuousClock.now
        let path = archive.directory.path + "/ready"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return "cannot write to the archive's disk" }
        defer { close(descriptor) }
        let block = [UInt8](repeating: UInt8(ascii: "."), count: 512)
        guard pwrite(descriptor, block, block.count, 0) == block.count, fsync(descriptor) == 0 else {
            return "cannot sync a write to the archive's disk"
        }
        metrics.fsync.observe(start.duration(to: .now))
        return archive.writer.isResponding(within: Self.writerWait) ? nil : "the journal's writer does not respond"
    }

    private func sharedJournal() -> String? {
        guard let upstream = archive.upstream else { return nil }
        // A query node may lack the permission to append. For such a node, only the connection that reads the journal
        // is checked.
        let isConnected =
            upstream.leader == nil ? upstream.follower.progress.isConnected : upstream.lanes.connectedCount > 0
        if !isConnected, upstream.follower.progress.problem == nil { return "no connection to the shared journal" }
        return upstream.follower.progress.problem.map { "the archive is not a copy of the shared journal: \($0)" }
    }

    private func replication() -> String? {
        if archive.following == nil, archive.writer.isSuperseded {
            return "another archive took over from this archive"
        }
        if archive.replication?.isFollowed == false, acknowledgesAfterFollower { return "no follower is connected" }
        return archive.following?.progress.problem
    }

    private func index() -> String? {
        guard let count = try? archive.reader().unindexedCount() else { return "the index cannot be read" }
        return count > Int64(lag.count) + 1000 ? "the index is \(count) entries behind" : nil
    }
}
