package import Deliveries

/// One thing that happened to an archive, as whoever follows it is told.
package enum FeedEvent: Sendable {
    /// A report came: for the first time, or again.
    case arrived(FeedArrival)
    /// Something came that nothing proved.
    case refused(RefusedArrival)
    /// A delivery was sent again.
    case replayed(FeedReplay)

    /// When it happened.
    package var time: Timestamp {
        switch self {
        case .arrived(let arrival): arrival.report.receivedAt
        case .refused(let refused): refused.receivedAt
        case .replayed(let replay): replay.record.startedAt
        }
    }
}

/// An arrival of a report.
package struct FeedArrival: Sendable {
    package let report: ReportSummary
    /// Its number in the quarantine, where it had been refused at first.
    package let promotedFrom: QuarantineID?

    package init(report: ReportSummary, promotedFrom: QuarantineID? = nil) {
        self.report = report
        self.promotedFrom = promotedFrom
    }
}

/// A refused delivery without its headers and body, which may be large.
package struct RefusedArrival: Sendable, Equatable {
    package let id: QuarantineID
    package let receivedAt: Timestamp
    package let source: String
    package let method: String
    package let target: String
    package let peer: String
    package let verification: Verification
    package let reason: String
    package let bodyByteCount: Int
    package let bodySHA256: [UInt8]

    package init(
        id: QuarantineID, receivedAt: Timestamp, source: String, method: String, target: String, peer: String,
        verification: Verification, reason: String, bodyByteCount: Int, bodySHA256: [UInt8]
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.source = source
        self.method = method
        self.target = target
        self.peer = peer
        self.verification = verification
        self.reason = reason
        self.bodyByteCount = bodyByteCount
        self.bodySHA256 = bodySHA256
    }
}

/// A record of a replay and its number, by which it is followed.
package struct FeedReplay: Sendable, Equatable {
    package let number: Int64
    package let record: ReplayRecord

    package init(number: Int64, record: ReplayRecord) {
        self.number = number
        self.record = record
    }
}
