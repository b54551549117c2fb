package import Journal
internal import Synchronization

/// The failures that a writer reported.
package final class ReportedFailures: Sendable {
    private let errors = Mutex<[ArchiveError]>([])

    package init() {}

    package var all: [ArchiveError] { errors.withLock { $0 } }

    package func add(_ error: ArchiveError) {
        errors.withLock { $0.append(error) }
    }
}
