internal import Deliveries

/// The response that says a delivery is durable. It cannot be made without a receipt.
struct Acknowledgement: Sendable {
    let response: Response

    /// For a provider: exactly 200, which is what Klavi counts as received (PROVIDERS.md 1.1.3).
    init(of receipt: some JournalReceipt) {
        self.response = .json(200, #"{"id":\#(receipt.deliveryID)}"#)
    }

    /// For a browser: the page or the redirect that was prepared for it.
    init(of receipt: some JournalReceipt, browser response: Response) {
        self.response = response
    }
}
