import Deliveries
import ReportArchive
import TestKit

extension ReplayRecord {
    /// A record with a default for everything, so that each argument of a test matters.
    static func fixture(
        deliveryID: Int64 = 1, startedAt: Timestamp = .fixture, method: String = "POST",
        url: String = "https://app.example.com/hook", durationMilliseconds: Int64 = 12,
        outcome: Outcome = .answered(
            status: 200, responseByteCount: 2, responseSHA256: [UInt8](repeating: 9, count: 32))
    ) -> ReplayRecord {
        ReplayRecord(
            deliveryID: DeliveryID(rawValue: deliveryID), startedAt: startedAt, method: method, url: url,
            durationMilliseconds: durationMilliseconds, outcome: outcome)
    }
}
