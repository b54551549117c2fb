internal import Deliveries
internal import NIOHTTP1

/// The address of a connection's client, and whether its requests may name another address.
struct ClientAddress: Sendable {
    /// The address at the other end of the connection, or that of the PROXY header; `local` on a Unix-domain socket.
    var connectionPeer: String
    /// Set if a trusted proxy is at the other end and names clients in header lines.
    var proxies: TrustedProxies?
    /// The certificate of the TLS handshake, if the client presented one that the authorities signed.
    var certificate: ClientCertificate?

    /// - Parameter peer: the address at the other end of the connection.
    init(_ peer: String, proxies: TrustedProxies) {
        self.connectionPeer = peer
        let isTrusted = NetworkAddress(peer).map { proxies.contain($0) } ?? false
        self.proxies = isTrusted ? proxies : nil
    }

    /// True if the connection begins with a PROXY header.
    var needsProxyHeader: Bool { proxies?.announcement == .proxyProtocol }

    /// The client that sent this request; `unknown` if a trusted proxy does not name it by an address.
    func peer(of head: HTTPRequestHead) -> String {
        guard let proxies, proxies.announcement != .proxyProtocol else { return connectionPeer }
        return proxies.client(in: head.headers[proxies.announcement.rawValue], peer: connectionPeer) ?? "unknown"
    }

    /// The key of the limits per address; nil if many clients share the address.
    var limitedAddress: UInt64? {
        guard proxies == nil, let address = NetworkAddress(connectionPeer),
            !Self.loopback.contains(where: { $0.contains(address) })
        else { return nil }
        return address.subnet
    }

    private static let loopback = [AddressRange("127.0.0.0/8"), AddressRange("::1")].compactMap { $0 }
}
