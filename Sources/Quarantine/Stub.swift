package import Deliveries
package import Journal

package struct QuarantineID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
}
package struct RejectedArrival: Sendable, Equatable {
    package let id: QuarantineID
    package let receivedAt: Timestamp
}
package final class QuarantineReader: Sendable {
    package init(_ directory: ArchiveDirectory) throws(ArchiveError) {}
    package func rejected(after number: Int64, sources: [String], newest: Bool, limit: Int) throws(ArchiveError) -> [RejectedArrival] { [] }
    package func lastID() throws(ArchiveError) -> Int64 { 0 }
    package func firstID(since moment: Timestamp) throws(ArchiveError) -> Int64? { nil }
}
