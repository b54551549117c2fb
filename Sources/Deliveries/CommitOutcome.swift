/// The proof that a delivery is durable.
///
/// A protocol, so only the archive can create a receipt, with its own conforming type. Intake is generic over that type
/// and cannot create a receipt. Code that responds with 200 before the commit therefore does not compile.
package protocol JournalReceipt: Sendable {
    associatedtype Reference: DeliveryReference

    /// The delivery's position in the journal; its UUID if the position is not known yet.
    var deliveryID: Reference { get }
}

/// The name of a delivery in the response to its provider.
package protocol DeliveryReference: Sendable, CustomStringConvertible {
    /// The reference as a JSON value.
    var json: String { get }
}

extension DeliveryID: DeliveryReference {
    package var json: String { description }
}

extension UUIDv7: DeliveryReference {
    package var json: String { "\"\(description)\"" }
}

/// The result of an attempt to make a delivery durable.
package enum CommitOutcome<Receipt: JournalReceipt>: Sendable {
    /// The bytes are on disk.
    case durable(Receipt)
    /// The commit failed. The provider is asked to retry.
    case rejected(CommitRejection)
}

/// The reason why a commit failed. The response is always 503.
package enum CommitRejection: String, Sendable {
    case queueFull = "queue full"
    case storageFull = "disk full"
    case storageFailed = "storage failed"
    case shuttingDown = "shutting down"
    /// The delivery is durable in this archive, but no follower had it within the time limit.
    case notFollowed = "no follower"
    case superseded = "another archive took over"
}
