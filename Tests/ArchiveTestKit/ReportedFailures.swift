package import Journal
internal import Synchronization

/// Collects the failures that a writer reports.
package final class ReportedFailures: Sendable {
    private let errors = Mutex<[ArchiveError]>([])

    package init() {}

    package var all: [ArchiveError] { errors.withLock { $0 } }

    package func add(_ error: ArchiveError) {
        errors.withLock { $0.append(error) }
    }
}
