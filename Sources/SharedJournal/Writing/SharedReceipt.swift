package import Deliveries
internal import Journal

/// The proof of a commit to the shared journal at its level. Only a lane can create a receipt.
package struct SharedReceipt: JournalReceipt {
    /// The UUID of the delivery. The leader determines its position later.
    package let deliveryID: UUIDv7

    fileprivate init(deliveryID: UUIDv7) {
        self.deliveryID = deliveryID
    }
}

/// Entries that are committed together, with a function that is called once with the outcome.
struct Submission: Sendable {
    enum Outcome: Sendable {
        case durable
        case rejected(CommitRejection)
        /// The journal already has an entry with one of these UUIDs.
        case alreadyRecorded
    }

    let entries: [PortableEntry]
    let enqueuedAt = ContinuousClock.now
    let finish: @Sendable (Outcome) -> Void

    let byteCount: Int
    /// The load of the entries; see `Pressure`.
    let load: Int

    init(_ entries: [PortableEntry], finish: @escaping @Sendable (Outcome) -> Void) {
        self.entries = entries
        byteCount = entries.reduce(0) { $0 + $1.heldByteCount }
        load = entries.reduce(0) { $0 + Pressure.load(ofByteCount: $1.body.count) }
        self.finish = finish
    }

    init(
        _ delivery: EncodedDelivery, _ entry: PortableEntry,
        finish: @escaping @Sendable (CommitOutcome<SharedReceipt>) -> Void
    ) {
        self.init([entry]) { outcome in
            switch outcome {
            case .durable: finish(.durable(SharedReceipt(deliveryID: delivery.uuid)))
            case .rejected(let rejection): finish(.rejected(rejection))
            // Cannot happen, because UUIDs of new deliveries are random.
            case .alreadyRecorded: finish(.rejected(.storageFailed))
            }
        }
    }
}
