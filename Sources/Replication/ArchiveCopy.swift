package import Deliveries
package import Journal
internal import NIOPosix

/// Copies an archive, with one request to the primary at a time.
package struct ArchiveCopy {
    package enum Failure: Error, Sendable, Equatable {
        /// This archive is not a copy of the primary's archive, so all further entries would be wrong.
        case stopped(reason: String)
        case exchange(ReplicationClient.Failure)
        case journal(ArchiveError)

        package var text: String {
            switch self {
            case .stopped(let reason): reason
            case .exchange(let failure): failure.text
            case .journal(.notACopy(let reason)): reason
            case .journal(let error): "the archive: \(error)"
            }
        }
    }

    package struct Step: Sendable, Equatable {
        package let position: Int64
        package let primaryPosition: Int64
        /// The number of copied entries, excluding removed entries; nil if the primary had no further entry.
        package let copiedCount: Int?
        package let removed: [DeliveryID]
        /// The epoch of the archive that took over from the primary; nil if no archive did.
        package let supersededBy: Int64?
        /// True if the primary responded without waiting for an entry.
        package let wasAtOnce: Bool

        package var isCaughtUp: Bool { copiedCount == nil }
    }

    private let writer: JournalWriter
    private let client: ReplicationClient
    private let node: String
    private let instance = Int64.random(in: 0..<1_000_000_000_000_000_000)
    /// The mark that the primary compares: the end of the copy, or an earlier mark if the primary removed the entry at
    /// the end.
    private var mark: ChainMark?
    private var isFollowing = false

    package init(_ writer: JournalWriter, _ client: ReplicationClient, node: String) {
        self.writer = writer
        self.client = client
        self.node = node
    }

    /// Copies one batch.
    ///
    /// - Parameters:
    ///   - waitSeconds: the maximum time that the primary waits for an entry.
    ///   - epoch: the epoch in which this archive takes over from the primary; nil to continue as a copy.
    package mutating func step(waitSeconds: Int64, takingOverIn epoch: Int64? = nil) async throws(Failure) -> Step {
        let writer = writer
        let (end, own) = try await position()
        let start = ContinuousClock.now
        let batch: ReplicationBatch
        do throws(ReplicationClient.Failure) {
            batch = try await client.entries(
                ReplicationRequest(
                    after: end.position, mark: mark ?? end, epoch: epoch ?? own.highest,
                    epochStart: epoch == nil ? own.start : end, waitSeconds: waitSeconds, node: node,
                    instance: instance))
        } catch .refused(.removed(let lastKnown)) {
            try await useMark(at: lastKnown)
            return try await step(waitSeconds: waitSeconds, takingOverIn: epoch)
        } catch .refused(.differs) {
            throw .stopped(
                reason: "the archive has entries that the primary does not have, up to entry \(end.position)")
        } catch {
            throw .exchange(error)
        }
        if !isFollowing {
            try await blocking { () throws(ArchiveError) in try writer.followArchive(from: end) }
            isFollowing = true
        }
        var outcome: CopyOutcome?
        if let run = batch.run {
            outcome = try await blocking { () throws(ArchiveError) in try writer.append([run]) }
            mark = nil
        }
        return Step(
            position: outcome?.end.position ?? end.position,
            primaryPosition: max(batch.end, outcome?.end.position ?? end.position),
            copiedCount: batch.run?.entryCount, removed: outcome?.removed ?? [],
            supersededBy: batch.isSuperseded ? batch.highestEpoch : nil,
            wasAtOnce: start.duration(to: .now) < .seconds(waitSeconds) / 2)
    }

    /// Sends the primary a last request, which acknowledges the entries, so the primary does not wait for this follower
    /// again. If the request fails, the primary notices some seconds later that the follower has ended.
    package func leave() async {
        guard let (end, own) = try? await position() else { return }
        _ = try? await client.entries(
            ReplicationRequest(
                after: end.position, mark: mark ?? end, epoch: own.highest, epochStart: own.start, waitSeconds: 0,
                node: node, instance: instance, isLeaving: true))
    }

    package struct Totals: Sendable, Equatable {
        package fileprivate(set) var copiedCount: Int64 = 0
        package fileprivate(set) var position: Int64 = 0
        /// The epoch of the archive that took over from the primary; nil if no archive did.
        package fileprivate(set) var supersededBy: Int64?
    }

    /// Copies the entries that the primary has at the time of its first response. Entries that the primary adds later
    /// do not extend the copying.
    ///
    /// - Parameters:
    ///   - noteRemoved: called with the deliveries whose bodies or entries the copied records removed.
    ///   - progress: called after each batch.
    package mutating func catchUp(
        noteRemoved: ([DeliveryID]) -> Void, progress: (_ position: Int64, _ end: Int64) -> Void
    ) async throws(Failure) -> Totals {
        var totals = Totals()
        var goal: Int64?
        while true {
            let step = try await step(waitSeconds: 0)
            if !step.removed.isEmpty { noteRemoved(step.removed) }
            let hadAll = goal.map { totals.position >= $0 } ?? false
            goal = goal ?? step.primaryPosition
            totals.copiedCount += Int64(step.copiedCount ?? 0)
            (totals.position, totals.supersededBy) = (step.position, step.supersededBy)
            // Returns after one more request, because the request after the last entry acknowledges that entry.
            if step.isCaughtUp || hadAll { return totals }
            progress(step.position, step.primaryPosition)
        }
    }

    /// Called if the primary removed the entry at this archive's end. Uses the last earlier mark that both archives
    /// have.
    private mutating func useMark(at position: Int64) async throws(Failure) {
        let directory = writer.directory
        let before = mark?.position ?? .max
        mark = try await blocking { () throws(ArchiveError) in
            let reader = try JournalReader(directory.journal)
            defer { reader.close() }
            return try reader.mark(at: position)
        }
        guard let found = mark?.position, found > 0, found < before else {
            throw .stopped(
                reason: "the primary removed all entries that the archive has, so the archives cannot be compared")
        }
    }

    private func position() async throws(Failure) -> (end: ChainMark, epoch: JournalEpoch) {
        let writer = writer
        return try await blocking { () throws(ArchiveError) in (try writer.end(), try writer.epoch()) }
    }

    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(ArchiveError) -> Value
    ) async throws(Failure) -> Value {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                NIOThreadPool.singleton.submit { _ in
                    continuation.resume(with: Result { try work() })
                }
            }
        } catch {
            throw .journal(error as? ArchiveError ?? .closed)
        }
    }
}
