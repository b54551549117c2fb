internal import Deliveries
internal import Foundation
package import OutboundHTTP
package import Providers

/// Sends one request to a provider, without retries.
package struct HTTPExchange: Sendable {
    package typealias Send = @Sendable (ProviderRequest) async throws(TransportFailure) -> ProviderResponse

    package let send: Send

    package init(_ send: @escaping Send) {
        self.send = send
    }
}

/// The reason why there is no response.
package enum TransportFailure: Error, Sendable, Equatable {
    /// The request was never sent.
    case notSent(problem: String)
    /// The request was or may have been sent. It is unknown whether the provider executed it.
    case noResponse(problem: String)
    /// The response exceeds the limit. The provider has executed the request.
    case tooLong
}

extension HTTPExchange {
    /// - Parameters:
    ///   - client: the client that all requests of the process share.
    ///   - timeout: the time limit for the whole exchange, including the last byte of the response.
    ///   - byteCountLimit: the maximum length of a response's body.
    package static func network(
        _ client: OutboundClient = client, timeout: Duration = .seconds(30), byteCountLimit: Int = 64 * 1024 * 1024,
        clock: CallClock = .system
    ) -> HTTPExchange {
        HTTPExchange { request async throws(TransportFailure) in
            do throws(OutboundFailure) {
                return try await exchange(request, client, timeout, byteCountLimit, clock)
            } catch {
                if case .tooLong = error { throw .tooLong }
                throw error.mayHaveArrived ? .noResponse(problem: error.text) : .notSent(problem: error.text)
            }
        }
    }

    /// The client for configured APIs. `SSL_CERT_FILE` replaces the system's authorities. If that file is unusable, it
    /// is ignored, and a call to a server that the system does not trust fails with a certificate error.
    package static let client = OutboundClient(
        .configured, trust: (try? Trust(environment: ProcessInfo.processInfo.environment)) ?? .system)

    private static func exchange(
        _ request: ProviderRequest, _ client: OutboundClient, _ timeout: Duration, _ byteCountLimit: Int,
        _ clock: CallClock
    ) async throws(OutboundFailure) -> ProviderResponse {
        var message = OutboundRequest(
            request.method, request.url, headers: Array(request.headers), body: request.body)
        if !message.headers.contains(where: { $0.name.matchesIgnoringASCIICase("User-Agent") }) {
            message.headers.append(HeaderField("User-Agent", "callbox"))
        }
        let rules: AddressRules? = request.isForeign ? .publicOnly : nil
        let response = try await client.send(
            message, rules: rules, timeout: timeout, reading: .whole(byteCountLimit: byteCountLimit))
        return ProviderResponse(
            status: response.status, headers: HeaderFields(response.headers), body: response.body,
            receivedAt: clock.now())
    }
}
