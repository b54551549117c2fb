package import AsyncHTTPClient
internal import Deliveries
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import OutboundHTTP
package import Providers

/// Sends one request to a provider, once.
package struct HTTPExchange: Sendable {
    package typealias Send = @Sendable (ProviderRequest) async throws(TransportFailure) -> ProviderResponse

    package let send: Send

    package init(_ send: @escaping Send) {
        self.send = send
    }
}

/// The reason for a missing response.
package enum TransportFailure: Error, Sendable, Equatable {
    /// The request was never sent.
    case notSent(problem: String)
    /// The request was sent, or may have been; whether it was carried out is unknown.
    case noResponse(problem: String)
    /// The response exceeds the limit; the request was carried out.
    case tooLong
}

extension HTTPExchange {
    ///
    /// - Parameters:
    ///   - client: shared by all requests of the process.
    ///   - timeout: for the whole exchange, to the last byte of the response.
    ///   - byteCountLimit: largest body of a response.
    package static func network(
        _ client: HTTPClient = OutboundHTTP.client, timeout: Duration = .seconds(30),
        byteCountLimit: Int = 64 * 1024 * 1024,
        clock: CallClock = .system
    ) -> HTTPExchange {
        HTTPExchange { request async throws(TransportFailure) in
            do {
                return try await withDeadline(after: timeout) {
                    try await exchange(request, client, timeout, byteCountLimit, clock)
                }
            } catch {
                throw NetworkFailure.classify(error)
            }
        }
    }

    private static func exchange(
        _ request: ProviderRequest, _ client: HTTPClient, _ timeout: Duration, _ byteCountLimit: Int, _ clock: CallClock
    ) async throws -> ProviderResponse {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for field in request.headers { message.headers.add(name: field.name, value: field.value) }
        if !message.headers.contains(name: "User-Agent") { message.headers.add(name: "User-Agent", value: "callbox") }
        let hasBody = ["POST", "PUT", "PATCH"].contains(request.method)
        if hasBody || !request.body.isEmpty { message.body = .bytes(request.body) }
        let response = try await client.execute(message, timeout: TimeAmount(timeout))
        var body: [UInt8] = []
        for try await part in response.body {
            guard body.count + part.readableBytes <= byteCountLimit else { throw NetworkFailure.ResponseTooLong() }
            body.append(contentsOf: part.readableBytesView)
        }
        return ProviderResponse(
            status: Int(response.status.code),
            headers: HeaderFields(response.headers.map { HeaderField($0.name, $0.value) }), body: body,
            receivedAt: clock.now())
    }
}
