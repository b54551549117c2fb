package import Deliveries
package import Journal
internal import TestKit

extension JournalWriter {
    /// Prunes the bodies at these positions, regardless of legal holds.
    @discardableResult
    package func prune(
        _ positions: [Int64], summary: [ReportContent] = [.fixture()], reason: String = "older than a year"
    ) throws -> [Int64] {
        try pruneBodies(
            positions.map { BodyToPrune(delivery: DeliveryID(rawValue: $0), summary: summary) }, reason: reason,
            holdsKnownUpTo: .max, at: .fixture
        ).map(\.rawValue)
    }

    /// Removes the entries at these positions, regardless of legal holds.
    @discardableResult
    package func remove(_ positions: [Int64], reason: String = "older than a year") throws -> [Int64] {
        try removeEntries(
            positions.map(DeliveryID.init(rawValue:)), reason: reason, holdsKnownUpTo: .max, at: .fixture
        ).map(\.rawValue)
    }

    /// Returns all free pages to the file system.
    package func vacuumAll() throws {
        while try vacuum(pageCount: 512) > 0 {}
    }
}
