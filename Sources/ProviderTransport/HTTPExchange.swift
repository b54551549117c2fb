internal import AsyncHTTPClient
internal import Deliveries
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
package import OutboundHTTP
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
    /// - Parameters:
    ///   - client: shared by all requests of the process.
    ///   - timeout: for the whole exchange, to the last byte of the response.
    ///   - byteCountLimit: largest body of a response.
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

    /// For APIs that the configuration names. `SSL_CERT_FILE` replaces the system's authorities; a file that cannot be used is
    /// ignored, so calls then fail with its certificate's name.
    package static let client = OutboundClient(
        .configured, trust: (try? Trust(environment: ProcessInfo.processInfo.environment)) ?? .system)

    private static func exchange(
        _ request: ProviderRequest, _ client: OutboundClient, _ timeout: Duration, _ byteCountLimit: Int,
        _ clock: CallClock
    ) async throws(OutboundFailure) -> ProviderResponse {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for field in request.headers { message.headers.add(name: field.name, value: field.value) }
        if !message.headers.contains(name: "User-Agent") { message.headers.add(name: "User-Agent", value: "callbox") }
        let hasBody = ["POST", "PUT", "PATCH"].contains(request.method)
        if hasBody || !request.body.isEmpty { message.body = .bytes(request.body) }
        let rules: AddressRules? = request.isForeign ? .publicOnly : nil
        return try await client.send(message, rules: rules, timeout: timeout) { response in
            var body: [UInt8] = []
            for try await part in response.body {
                guard body.count + part.readableBytes <= byteCountLimit else {
                    throw OutboundFailure.tooLong(byteCountLimit: byteCountLimit)
                }
                body.append(contentsOf: part.readableBytesView)
            }
            return ProviderResponse(
                status: Int(response.status.code),
                headers: HeaderFields(response.headers.map { HeaderField($0.name, $0.value) }), body: body,
                receivedAt: clock.now())
        }
    }
}
