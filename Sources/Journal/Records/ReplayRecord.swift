package import Deliveries

/// A delivery was sent again.
package struct ReplayRecord: Sendable, Equatable, Codable {
    package let deliveryID: DeliveryID
    package let startedAt: Timestamp
    package let method: String
    /// Without user name, password, query and fragment, because these can be credentials.
    package let url: String
    package let durationMilliseconds: Int64
    package let outcome: Outcome
    /// `true` or not stored.
    private let changed: Bool?

    /// True if headers or body were changed on request.
    package var isChanged: Bool { changed ?? false }

    package enum Outcome: Sendable, Equatable, Codable {
        /// - Parameter responseSHA256: 32 bytes.
        case responded(status: Int, responseByteCount: Int, responseSHA256: [UInt8])
        /// There was no response; the text is the reason.
        case failed(String)
    }

    package init(
        deliveryID: DeliveryID, startedAt: Timestamp, method: String, url: String, durationMilliseconds: Int64,
        outcome: Outcome, isChanged: Bool = false
    ) {
        self.deliveryID = deliveryID
        self.startedAt = startedAt
        self.method = method
        self.url = url
        self.durationMilliseconds = durationMilliseconds
        self.outcome = outcome
        self.changed = isChanged ? true : nil
    }
}
