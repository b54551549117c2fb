import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import TestKit

extension ReplayRecord {
    /// A record with defaults for all properties.
    static func fixture(
        deliveryID: Int64 = 1, startedAt: Timestamp = .fixture, method: String = "POST",
        url: String = "https://app.example.com/hook", durationMilliseconds: Int64 = 12,
        outcome: Outcome = .responded(
            status: 200, responseByteCount: 2, responseSHA256: [UInt8](repeating: 9, count: 32)),
        place: Place? = nil, changes: [String] = []
    ) -> ReplayRecord {
        ReplayRecord(
            deliveryID: DeliveryID(rawValue: deliveryID), startedAt: startedAt, method: method, url: url,
            durationMilliseconds: durationMilliseconds, outcome: outcome, place: place,
            changes: changes)
    }
}

extension IndexArchive {
    /// Records the order of a link.
    @discardableResult
    func link(_ order: LinkOrder, at now: Timestamp = .fixture) throws -> LinkID {
        LinkID(rawValue: try record(.link(order), at: now))
    }

    func change(_ link: Int64, _ change: LinkChange) throws {
        try record(.linkChange(LinkChangeRecord(link: LinkID(rawValue: link), change: change)))
    }

    /// Orders follow-ups. Returns their IDs.
    @discardableResult
    func order(_ orders: [FollowUpOrder], at now: Timestamp = .fixture) throws -> [Int64] {
        let ids = try writer.append(orders.map { .record(.followUp($0)) }, at: now)
        try index()
        return ids
    }

    func conclude(_ followUp: Int64, _ outcome: FollowUpOutcome) throws {
        try record(.followUpAttempt(FollowUpAttemptRecord(followUp: followUp, outcome: outcome)))
    }
}
