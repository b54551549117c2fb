internal import Deliveries

/// The response that says a delivery is durable. It cannot be made without a receipt.
struct Acknowledgement: Sendable {
    let response: Response

    /// For a provider: exactly 200, all that some providers count as received (klavi-reference: Response and retries).
    init(of receipt: some JournalReceipt) {
        self.response = .json(200, #"{"id":\#(receipt.deliveryID.json)}"#)
    }

    /// For a browser: the page or the redirect that was prepared for it.
    init(of receipt: some JournalReceipt, browser response: Response) {
        self.response = response
    }
}
