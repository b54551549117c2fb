package import Deliveries

/// What a provider's API sent back, whatever it means.
package struct ProviderResponse: Sendable, Equatable {
    package let status: Int
    package let headers: HeaderFields
    package let body: [UInt8]

    package init(status: Int, headers: HeaderFields = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the status says that the call was carried out.
    package var isSuccess: Bool {
        (200...299).contains(status)
    }
}
