package import Deliveries
package import Journal
package import Quarantine

/// An event that followers of an archive see.
package enum FeedEvent: Sendable {
    /// A report arrived, first or repeated.
    case arrived(FeedArrival)
    /// A delivery was rejected because nothing proved it.
    case rejected(RejectedArrival)
    /// A delivery was sent again.
    case replayed(FeedReplay)

    /// When it happened.
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
    /// Its ID in the quarantine, if it was rejected at first.
    package var promotedFrom: QuarantineID?
}

/// A record of a replay and its number, by which it is followed.
package struct FeedReplay: Sendable, Equatable {
    package let number: Int64
    package let record: ReplayRecord
}
