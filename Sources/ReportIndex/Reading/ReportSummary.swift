package import Deliveries

/// A report as queries give it: what it says, where it filed, how its first delivery arrived.
package struct ReportSummary: Sendable {
    package let reportID: ReportID
    /// Where a page of arrivals ends; the same as `reportID` unless attempts are listed.
    package let arrivalID: ReportID
    /// The delivery that brought it: the first one, unless attempts are listed.
    package let deliveryID: DeliveryID
    /// Its place in that delivery, from 1.
    package let ordinal: Int
    package let receivedAt: Timestamp
    package let source: String
    package let provider: String
    package let kind: String
    package let providerTime: Timestamp?
    package let route: Route?
    /// JSON text.
    package let externalInfo: String?
    package let problem: String?
    /// How often it arrived.
    package let attemptCount: Int
    package let lastDeliveryID: DeliveryID
    package let lastReceivedAt: Timestamp
    package let verification: Verification
    package let secretName: String?
    /// Length of the first delivery's body as it arrived.
    package let bodyByteCount: Int
    /// Length of that body as it is stored; 0 where it is the same as an earlier one's, and kept there.
    package let storedByteCount: Int
    package let bodySHA256: [UInt8]
    /// Which of the arrivals this is: 1, unless attempts are listed.
    package let attemptNumber: Int
    /// Whether retention took the body.
    package let isBodyPruned: Bool
}
