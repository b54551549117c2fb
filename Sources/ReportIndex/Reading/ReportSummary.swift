package import Deliveries

/// A report in query results: its content, its route and its first delivery.
package struct ReportSummary: Sendable {
    package let reportID: ReportID
    /// The end of a page of arrivals; equal to `reportID` unless attempts are listed.
    package let arrivalID: ReportID
    /// The delivery that brought it: the first one, unless attempts are listed.
    package let deliveryID: DeliveryID
    /// Its place in that delivery, from 1.
    package let ordinal: Int
    package let receivedAt: Timestamp
    package let source: String
    package let provider: String
    package let type: String
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
    /// Length of that body as it is stored; of the summary after pruning.
    package let storedByteCount: Int
    package let bodySHA256: [UInt8]
    /// Which of the arrivals this is: 1, unless attempts are listed.
    package let attemptNumber: Int
    /// Whether the body was pruned.
    package let isBodyPruned: Bool
}
