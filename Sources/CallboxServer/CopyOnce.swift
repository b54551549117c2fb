package import CallboxConfiguration
package import Deliveries
internal import Foundation
internal import Intake
internal import Journal
internal import NIOPosix
internal import Providers
internal import Replay
internal import Replication
internal import ReportIndex
internal import SharedJournal

/// The result of `callbox follow --once`: the archive has copied and indexed all entries that the other journal had at
/// the start.
package struct CopyOnce: Sendable, Equatable {
    package let copiedCount: Int64
    /// The last position of the copy.
    package let position: Int64

    /// Copies the journal to an archive that no other process holds. The configuration determines both.
    ///
    /// - Parameter progress: shows a line that replaces the previous line; an empty string removes the line.
    package init(
        _ configuration: CallboxConfiguration, now: @escaping @Sendable () -> Timestamp,
        progress: @escaping @Sendable (String) -> Void
    ) async throws {
        let primary = try configuration.primaryAddress(ProcessInfo.processInfo.environment)
        let archive = try OpenArchive(
            ArchiveDirectory(path: configuration.archivePath), quarantine: configuration.quarantine,
            parser: ReportParser(configuration), sources: { SourceTable([]) },
            retention: { configuration.retention }, now: now, isServed: false)
        do {
            (copiedCount, position) =
                if let settings = configuration.journal {
                    try await Self.copy(settings, into: archive, progress)
                } else {
                    try await Self.copy(primary, configuration, into: archive, progress)
                }
        } catch {
            progress("")
            try? await Self.close(archive, progress)
            throw error
        }
        try await Self.close(archive, progress)
    }

    private static func close(_ archive: OpenArchive, _ progress: @escaping @Sendable (String) -> Void) async throws {
        try await NIOThreadPool.singleton.blocking {
            try archive.close { progress("indexed up to entry \($0)") }
        }
        progress("")
    }

    private static func copy(
        _ settings: SharedJournalSettings, into archive: OpenArchive, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> (Int64, Int64) {
        let done = try await NIOThreadPool.singleton.blocking {
            try SharedCatchUp(settings, into: archive.writer, noteRemoved: { erase($0, archive) }) {
                progress("copied entry \($0) of \($1)")
            }
        }
        guard done.position >= done.goal else {
            throw ServerError.copyIncomplete(position: done.position, end: done.goal)
        }
        return (done.copiedCount, done.position)
    }

    private static func copy(
        _ primary: PrimaryAddress?, _ configuration: CallboxConfiguration, into archive: OpenArchive,
        _ progress: (String) -> Void
    ) async throws -> (Int64, Int64) {
        guard let primary else { return (0, archive.lastPosition() ?? 0) }
        var copy = ArchiveCopy(archive.writer, ReplicationClient(primary), node: configuration.replication.node)
        let done = try await copy.catchUp(noteRemoved: { erase($0, archive) }) {
            progress("copied entry \($0) of \($1)")
        }
        await copy.leave()
        if let epoch = done.supersededBy { throw ServerError.primarySuperseded(epoch: epoch) }
        return (done.copiedCount, done.position)
    }

    private static func erase(_ removed: [DeliveryID], _ archive: OpenArchive) {
        RunFolder.eraseResponses(to: Set(removed), in: archive.directory)
    }
}
