/// A way to bring one request to a provider and its answer back. Tries once.
package struct ProviderTransport: Sendable {
    package typealias Exchange =
        @Sendable (ProviderRequest) async throws(TransportFailure) -> ProviderResponse

    package let exchange: Exchange

    package init(_ exchange: @escaping Exchange) {
        self.exchange = exchange
    }
}
