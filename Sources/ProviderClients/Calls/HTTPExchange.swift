internal import AsyncHTTPClient
internal import Deliveries
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

extension ProviderTransport {
    /// Over the network: HTTP/1.1, TLS where the address says https, no redirect, nothing tried twice.
    ///
    /// - Parameters:
    ///   - timeout: for the whole exchange, to the last byte of the answer.
    ///   - connectTimeout: for the connection alone, TLS included; before its end nothing was sent.
    ///   - byteCountLimit: bytes of an answer that are read.
    package static func network(
        timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(10),
        byteCountLimit: Int = 64 * 1024 * 1024
    ) -> ProviderTransport {
        let exchange = HTTPExchange(
            timeout: timeout, connectTimeout: min(timeout, connectTimeout), byteCountLimit: byteCountLimit)
        return ProviderTransport { request async throws(TransportFailure) in try await exchange.carryOut(request) }
    }
}

/// One request and its answer over a connection of their own.
struct HTTPExchange: Sendable {
    let timeout: Duration
    let connectTimeout: Duration
    let byteCountLimit: Int

    func carryOut(_ request: ProviderRequest) async throws(TransportFailure) -> ProviderResponse {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = TimeAmount(connectTimeout)
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        let result: Result<ProviderResponse, TransportFailure>
        do {
            result = .success(try await exchangeInTime(request, client))
        } catch {
            result = .failure(NetworkFailure.classify(error))
        }
        // Nothing is left to lose when the client does not close in order.
        try? await client.shutdown()
        return try result.get()
    }

    /// The client's own deadline ends where the answer's head arrives; this one holds to the last byte of its body.
    private func exchangeInTime(_ request: ProviderRequest, _ client: HTTPClient) async throws -> ProviderResponse {
        try await withThrowingTaskGroup(of: ProviderResponse.self) { group in
            group.addTask { try await exchange(request, client) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw NetworkFailure.OutOfTime()
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw NetworkFailure.OutOfTime() }
            return first
        }
    }

    private func exchange(_ request: ProviderRequest, _ client: HTTPClient) async throws -> ProviderResponse {
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
