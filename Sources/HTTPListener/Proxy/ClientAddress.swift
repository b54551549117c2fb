internal import Deliveries
internal import NIOHTTP1

/// The address of a connection's client. If `proxies` is set, requests on the connection may name another address.
struct ClientAddress: Sendable {
    /// The address of the connection's other end, or the address in the PROXY header; `local` for a Unix-domain socket.
    var connectionPeer: String
    /// The trusted proxies; set if one of them opened the connection and names clients in header lines.
    var proxies: TrustedProxies?
    /// The client certificate of the TLS handshake; nil if the client presented none. The handshake has checked its
    /// signature.
    var certificate: ClientCertificate?

    /// - Parameter peer: the address of the connection's other end.
    init(_ peer: String, proxies: TrustedProxies) {
        self.connectionPeer = peer
        let isTrusted = NetworkAddress(peer).map { proxies.contain($0) } ?? false
        self.proxies = isTrusted ? proxies : nil
    }

    /// True if the connection begins with a PROXY header.
    var needsProxyHeader: Bool { proxies?.announcement == .proxyProtocol }

    /// The client that sent this request. `unknown` if a trusted proxy does not name the client by an address.
    func peer(of head: HTTPRequestHead) -> String {
        guard let proxies, proxies.announcement != .proxyProtocol else { return connectionPeer }
        return proxies.client(in: head.headers[proxies.announcement.rawValue], peer: connectionPeer) ?? "unknown"
    }

    /// The key for limits per address; nil if many clients share the address.
    var limitedAddress: UInt64? {
        guard proxies == nil, let address = NetworkAddress(connectionPeer),
            !Self.loopback.contains(where: { $0.contains(address) })
        else { return nil }
        return address.subnet
    }

    private static let loopback = [AddressRange("127.0.0.0/8"), AddressRange("::1")].compactMap { $0 }
}
