internal import Deliveries

/// The response that confirms that a delivery is durable. Can only be created from a receipt.
struct Acknowledgement: Sendable {
    let response: Response

    /// The response to a provider. The status is exactly 200, because some providers accept no other status
    /// (klavi-reference: Response and retries).
    init(of receipt: some JournalReceipt) {
        self.response = .json(200, #"{"id":\#(receipt.deliveryID.json)}"#)
    }

    /// The response to a browser: the prepared page or redirect.
    init(of receipt: some JournalReceipt, browser response: Response) {
        self.response = response
    }
}
