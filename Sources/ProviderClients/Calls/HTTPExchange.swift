package import AsyncHTTPClient
internal import Deliveries
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import OutboundHTTP

extension ProviderTransport {
    /// Over the network: HTTP/1.1, TLS where the address says https, no redirect, nothing tried twice.
    ///
    /// - Parameters:
    ///   - timeout: for the whole exchange, to the last byte of the answer.
    ///   - byteCountLimit: bytes of an answer that are read.
    package static func network(
        client: HTTPClient = OutboundHTTP.client, timeout: Duration = .seconds(30),
        byteCountLimit: Int = 64 * 1024 * 1024
    ) -> ProviderTransport {
        let exchange = HTTPExchange(client: client, timeout: timeout, byteCountLimit: byteCountLimit)
        return ProviderTransport { request async throws(TransportFailure) in try await exchange.carryOut(request) }
    }
}

/// One request and its response.
struct HTTPExchange: Sendable {
    let client: HTTPClient
    let timeout: Duration
    let byteCountLimit: Int

    func carryOut(_ request: ProviderRequest) async throws(TransportFailure) -> ProviderResponse {
        do {
            return try await withDeadline(after: timeout) { try await exchange(request) }
        } catch {
            throw NetworkFailure.classify(error)
        }
    }

    private func exchange(_ request: ProviderRequest) async throws -> ProviderResponse {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for field in request.headers { message.headers.add(name: field.name, value: field.value) }
        if !message.headers.contains(name: "User-Agent") { message.headers.add(name: "User-Agent", value: "callbox") }
        if !message.headers.contains(name: "Accept") { message.headers.add(name: "Accept", value: "*/*") }
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
            headers: HeaderFields(response.headers.map { HeaderField($0.name, $0.value) }), body: body)
    }
}
