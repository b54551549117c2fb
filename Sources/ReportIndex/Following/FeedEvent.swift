package import Deliveries
package import Journal
package import Quarantine

/// An event that followers of an archive receive.
package enum FeedEvent: Sendable {
    /// A report arrived, for the first time or again.
    case arrived(FeedArrival)
    /// A delivery was rejected and quarantined.
    case rejected(RejectedArrival)
    /// A delivery was replayed.
    case replayed(FeedReplay)

    package var time: Timestamp {
        switch self {
        case .arrived(let arrival): arrival.report.receivedAt
        case .rejected(let rejected): rejected.receivedAt
        case .replayed(let replay): replay.record.startedAt
        }
    }
}

/// An arrival of a report.
package struct FeedArrival: Sendable {
    package let report: ReportSummary
    /// The delivery's ID in the quarantine; nil unless the delivery was released from the quarantine.
    package var releasedFrom: QuarantineID?
}

/// A replay record and its position in the journal.
package struct FeedReplay: Sendable, Equatable {
    package let number: Int64
    package let record: ReplayRecord
}
