package import Deliveries
package import Journal

/// Makes a copy the primary, in this order: copy the existing entries, stop the old primary, copy the rest, and record
/// the new epoch.
///
/// If the promotion fails after the old primary was stopped, no archive accepts entries until the promotion is
/// repeated.
package struct ArchivePromotion {
    private let writer: JournalWriter
    private let client: ReplicationClient?
    private let node: String

    /// - Parameter primary: the old primary; nil to promote without it.
    package init(_ writer: JournalWriter, from primary: PrimaryAddress?, node: String) {
        self.writer = writer
        self.client = primary.map { ReplicationClient($0) }
        self.node = node
    }

    /// Promotes the copy.
    ///
    /// - Returns: the new epoch and the position of its record.
    package func run(
        at now: () -> Timestamp, progress: (_ position: Int64, _ end: Int64) -> Void
    ) async throws -> (epoch: Int64, position: Int64) {
        var epoch: Int64?
        if let client {
            // Checks first, because an archive that cannot be promoted must not stop the primary.
            try writer.checkPromotion()
            var copy = ArchiveCopy(writer, client, node: node)
            // Copies most entries while the old primary still accepts deliveries.
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
