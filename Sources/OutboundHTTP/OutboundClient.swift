package import AsyncHTTPClient
internal import Deliveries
internal import Foundation
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Sends requests, each once and as it is. **The rule of this module: nothing is sent to an address that was not checked.**
///
/// ```
/// URL ─ http, https ─▶ host ─ resolve ─▶ addresses ─ AddressRules ─▶ pin ─ connect to that address ─▶ request ─▶ response
/// ```
/// A host is resolved once. Its connections go to the address that was checked, while `Host` and the name in TLS stay those of the
/// URL. If no connection succeeds, the next request resolves it again. No redirect is followed, HTTP/1.1 only. Requests that follow
/// each other share a connection.
package final class OutboundClient: Sendable {
    private let rules: AddressRules
    private let trust: Trust
    private let connectTimeout: Duration
    private let resolver: HostResolver
    private let pins = Mutex<[String: [Pin]]>([:])

    /// More hosts at a time than a command or a server uses.
    private static let pinLimit = 64
    /// At most this many connections to a host.
    private static let connectionLimit = 64

    /// - Parameter connectTimeout: for each address: connection and TLS. Nothing of a request has been sent before its end.
    package init(
        _ rules: AddressRules, trust: Trust = .system, connectTimeout: Duration = .seconds(10),
        resolver: HostResolver = .system
    ) {
        self.rules = rules
        self.trust = trust
        self.connectTimeout = connectTimeout
        self.resolver = resolver
    }

    /// Sends a request, and reads its response in `read`.
    ///
    /// - Parameters:
    ///   - rules: nil for those of this client.
    ///   - timeout: for the whole exchange, to the last byte of the response.
    package func send<Value: Sendable>(
        _ request: HTTPClientRequest, rules: AddressRules? = nil, timeout: Duration,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Value
    ) async throws(OutboundFailure) -> Value {
        do {
            return try await withDeadline(after: timeout) { [self] in
                try await exchange(request, rules ?? self.rules, timeout, read)
            }
        } catch {
            throw OutboundFailure(error)
        }
    }

    /// Resolves the host of a URL and checks its addresses. An unknown host passes, because it may be known later.
    package func check(_ url: String) async throws(OutboundFailure) {
        do {
            _ = try await withDeadline(after: connectTimeout) { [self] in
                try await pins(of: Self.host(of: url).host, rules)
            }
        } catch {
            let failure = OutboundFailure(error)
            switch failure {
            case .notHTTP, .rejectedAddress: throw failure
            default: return
            }
        }
    }

    /// The host as the HTTP client will read it, because the pin is found by that text, and the port.
    private static func host(of text: String) throws(OutboundFailure) -> (host: String, port: Int?) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host?.withoutBrackets, !host.isEmpty
        else { throw .notHTTP }
        return (host, url.port)
    }

    private func exchange<Value: Sendable>(
        _ request: HTTPClientRequest, _ rules: AddressRules, _ timeout: Duration,
        _ read: (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        let (host, port) = try Self.host(of: request.url)
        var failure = OutboundFailure.unknownHost
        for pin in try await pins(of: host, rules) {
            do {
                let value = try await pin.exchange(request, timeout, read)
                keep([pin], for: host)
                return value
            } catch {
                failure = OutboundFailure(error)
                if case .untrusted(.unknownAuthority) = failure {
                    let problem = await CertificateProbe.problem(
                        address: pin.address.text, port: port ?? 443, serverName: pin.serverName,
                        timeout: connectTimeout)
                    throw problem.map(OutboundFailure.untrusted) ?? failure
                }
                guard failure.isWithoutConnection else { throw failure }
            }
        }
        keep(nil, for: host)
        throw failure
    }

    /// The pins of a host that the rules allow: those of earlier requests, or of its addresses now.
    private func pins(of host: String, _ rules: AddressRules) async throws -> [Pin] {
        var candidates = pins.withLock { $0[host] }
        if candidates == nil {
            let literal = NetworkAddress(host)
            let addresses = if let literal { [literal] } else { try await resolver.addresses(host) }
            let made = addresses.map { Pin(host, $0, isLiteral: literal != nil, trust, connectTimeout) }
            // The first of requests that resolve a host at the same time decides.
            candidates = pins.withLock { pins in
                if pins.count >= Self.pinLimit { pins = [:] }
                return pins[host] ?? made
            }
        }
        let rejections = candidates?.map { ($0, rules.rejection(of: $0.address)) } ?? []
        let allowed = rejections.filter { $0.1 == nil }.map(\.0)
        if allowed.isEmpty, let (pin, rejection) = rejections.first, let rejection {
            throw OutboundFailure.rejectedAddress(pin.address.text, rejection)
        }
        keep(allowed, for: host)
        return allowed
    }

    private func keep(_ kept: [Pin]?, for host: String) {
        pins.withLock { $0[host] = kept.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// The connections to one address of a host.
    private final class Pin: Sendable {
        let address: NetworkAddress
        /// Nil if the URL has an address.
        let serverName: String?
        private let client: HTTPClient

        init(_ host: String, _ address: NetworkAddress, isLiteral: Bool, _ trust: Trust, _ connectTimeout: Duration) {
            self.address = address
            serverName = isLiteral ? nil : host
            var configuration = HTTPClient.Configuration()
            configuration.tlsConfiguration = trust.tlsConfiguration
            if !isLiteral { configuration.dnsOverride = [host: address.text] }
            configuration.redirectConfiguration = .disallow
            configuration.httpVersion = .http1Only
            configuration.timeout.connect = TimeAmount(connectTimeout)
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = OutboundClient.connectionLimit
            // Shorter than servers keep idle connections: a request on one that the server is closing may be lost.
            configuration.connectionPool.idleTimeout = .seconds(2)
            client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        }

        deinit {
            client.shutdown { _ in }
        }

        func exchange<Value>(
            _ request: HTTPClientRequest, _ timeout: Duration, _ read: (HTTPClientResponse) async throws -> Value
        ) async throws -> Value {
            // `self` lives until the body was read, and the client as long.
            defer { withExtendedLifetime(self) {} }
            return try await read(try await client.execute(request, timeout: TimeAmount(timeout)))
        }
    }
}

extension String {
    /// `::1` for `[::1]`.
    fileprivate var withoutBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
