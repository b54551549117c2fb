package import Deliveries
package import Journal

/// Makes a copy the primary, in this order: copy what there is, end the old primary, copy the rest, record the epoch.
///
/// If it ends early after the old primary ended, no archive takes entries; running it again continues.
package struct ArchivePromotion {
    private let writer: JournalWriter
    private let client: ReplicationClient?
    private let node: String

    /// - Parameter primary: nil if the old primary is not asked.
    package init(_ writer: JournalWriter, from primary: PrimaryAddress?, node: String) {
        self.writer = writer
        self.client = primary.map { ReplicationClient($0) }
        self.node = node
    }

    /// - Returns: the new epoch and the position of its record.
    package func run(
        at now: () -> Timestamp, progress: (_ position: Int64, _ end: Int64) -> Void
    ) async throws -> (epoch: Int64, position: Int64) {
        var epoch: Int64?
        if let client {
            // Only a copy may end another archive.
            try writer.checkPromotion()
            var copy = ArchiveCopy(writer, client, node: node)
            // Most of it while the old primary still takes deliveries.
            try await copyAll(&copy, takingOverIn: nil, progress)
            epoch = try writer.epoch().highest + 1
            try await copyAll(&copy, takingOverIn: epoch, progress)
        }
        return try writer.promote(in: epoch, at: now())
    }

    private func copyAll(
        _ copy: inout ArchiveCopy, takingOverIn epoch: Int64?, _ progress: (Int64, Int64) -> Void
    ) async throws {
        while true {
            let step = try await copy.step(waitSeconds: 0, takingOverIn: epoch)
            progress(step.position, step.primaryPosition)
            if step.isCaughtUp { return }
        }
    }
}
