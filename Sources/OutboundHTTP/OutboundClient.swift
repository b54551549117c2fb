internal import Deliveries
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import Synchronization

/// Sends each request once and unchanged. **The rule of this module: it sends requests only to checked addresses.**
///
/// ```
/// URL ─ http, https ─▶ host ─ resolve ─▶ addresses ─ AddressRules ─▶ pin ─ connect to address ─▶ request ─▶ response
/// ```
/// A host is resolved once. All connections to the host use the checked address; the `Host` header and the TLS server
/// name are still those of the URL. If no connection succeeds, the next request resolves the host again. The client
/// does not follow redirects and uses only HTTP/1.1. Successive requests share a connection. The caller decides how
/// many requests run concurrently (docs/decisions/0044-own-http-client.md).
package final class OutboundClient: Sendable {
    private let rules: AddressRules
    private let trust: Trust
    private let connectTimeout: Duration
    private let resolver: HostResolver
    private let idle = IdleConnections()
    private let state = Mutex(State())

    private struct State {
        /// The checked addresses of each host. After a connection to a host has succeeded, only the address of that
        /// connection remains.
        var pins: [String: [NetworkAddress]] = [:]
        var tls: NIOSSLContext?
        /// The parsed URL of the last request. It is kept because all requests of a run have the same URL.
        var target: (url: String, target: OutboundTarget)?
    }

    /// The maximum number of hosts to remember. A command or a server uses fewer hosts at a time.
    private static let pinLimit = 64

    /// - Parameter connectTimeout: the time limit for connecting to each address, including TLS. No part of a request
    ///   is sent before the connection is complete.
    package init(
        _ rules: AddressRules, trust: Trust = .system, connectTimeout: Duration = .seconds(10),
        resolver: HostResolver = .system
    ) {
        self.rules = rules
        self.trust = trust
        self.connectTimeout = connectTimeout
        self.resolver = resolver
    }

    deinit {
        idle.close()
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - rules: the rules for addresses; nil for those of this client.
    ///   - timeout: the time limit for the whole exchange, including the last byte of the response.
    package func send(
        _ request: OutboundRequest, rules: AddressRules? = nil, timeout: Duration, reading: BodyReading
    ) async throws(OutboundFailure) -> OutboundResponse {
        do {
            return try await exchange(request, rules ?? self.rules, .now() + TimeAmount(timeout), reading)
        } catch {
            throw OutboundFailure(error)
        }
    }

    /// Resolves the host of a URL and checks its addresses. Accepts a host name that cannot be resolved, because it may
    /// be resolvable later.
    package func check(_ url: String) async throws(OutboundFailure) {
        do {
            _ = try await pins(of: try OutboundTarget(url).host, rules, by: .now() + TimeAmount(connectTimeout))
        } catch {
            let failure = OutboundFailure(error)
            switch failure {
            case .notHTTP, .rejectedAddress: throw failure
            default: return
            }
        }
    }

    private func exchange(
        _ request: OutboundRequest, _ rules: AddressRules, _ deadline: NIODeadline, _ reading: BodyReading
    ) async throws -> OutboundResponse {
        let target = try target(of: request.url)
        guard let fields = request.fields(target) else { throw OutboundFailure.unusableHeader }
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: target.path,
            headers: HTTPHeaders(fields))
        var failure = OutboundFailure.unknownHost
        for address in try await pins(of: target.host, rules, by: deadline) {
            let endpoint = OutboundConnection.Endpoint(
                address: address, port: target.port, isTLS: target.isTLS,
                serverName: NetworkAddress(target.host) == nil ? target.host : nil)
            do {
                return try await exchange(head, request.body, endpoint, target.host, deadline, reading)
            } catch {
                failure = OutboundFailure(error)
                if case .untrusted(.unknownAuthority) = failure {
                    let problem = await CertificateProbe.problem(
                        address: address.text, port: target.port, serverName: endpoint.serverName,
                        timeout: connectTimeout)
                    throw problem.map(OutboundFailure.untrusted) ?? failure
                }
                guard failure.isWithoutConnection else { throw failure }
            }
        }
        setPins([], for: target.host)
        throw failure
    }

    private func exchange(
        _ head: HTTPRequestHead, _ body: [UInt8], _ endpoint: OutboundConnection.Endpoint, _ host: String,
        _ deadline: NIODeadline, _ reading: BodyReading
    ) async throws -> OutboundResponse {
        while let connection = idle.take(endpoint) {
            if let response = try await connection.exchange(head, body, reading, by: deadline) { return response }
            // The server closed the idle connection, so the request is sent on another connection if there is time
            // left.
            guard NIODeadline.now() < deadline else { throw OutboundFailure.noResponseInTime }
        }
        return try await OutboundConnection.exchange(
            head, body, reading, by: deadline, connectingTo: endpoint, endpoint.isTLS ? try tls() : nil,
            by: min(deadline, .now() + TimeAmount(connectTimeout)), idle
        ) { [self] in
            setPins([endpoint.address], for: host)
        }
    }

    private func target(of url: String) throws(OutboundFailure) -> OutboundTarget {
        if let last = state.withLock({ $0.target }), last.url == url { return last.target }
        let target = try OutboundTarget(url)
        state.withLock { $0.target = (url, target) }
        return target
    }

    private func tls() throws -> NIOSSLContext {
        if let context = state.withLock({ $0.tls }) { return context }
        let context = try NIOSSLContext(configuration: trust.tlsConfiguration)
        state.withLock { $0.tls = context }
        return context
    }

    /// The addresses of a host that the rules allow. Uses the addresses of earlier requests, or resolves the host.
    private func pins(of host: String, _ rules: AddressRules, by deadline: NIODeadline) async throws -> [NetworkAddress]
    {
        var candidates = state.withLock { $0.pins[host] }
        if candidates == nil {
            let found =
                if let literal = NetworkAddress(host) {
                    [literal]
                } else {
                    try await withDeadline(after: Duration(deadline - .now())) { [resolver] in
                        try await resolver.addresses(host)
                    }
                }
            // If several requests resolve a host at the same time, all use the first result.
            candidates = state.withLock { state in
                if state.pins.count >= Self.pinLimit { state.pins = [:] }
                return state.pins[host] ?? found
            }
        }
        let rejections = candidates?.map { ($0, rules.rejection(of: $0)) } ?? []
        let allowed = rejections.filter { $0.1 == nil }.map(\.0)
        if allowed.isEmpty, let (address, rejection) = rejections.first, let rejection {
            throw OutboundFailure.rejectedAddress(address.text, rejection)
        }
        setPins(allowed, for: host)
        return allowed
    }

    /// Stores the addresses of a host. If `addresses` is empty, removes the host, so the next request resolves it
    /// again.
    private func setPins(_ addresses: [NetworkAddress], for host: String) {
        state.withLock { $0.pins[host] = addresses.isEmpty ? nil : addresses }
    }
}
