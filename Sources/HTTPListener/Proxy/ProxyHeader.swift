/// The header of the PROXY protocol (haproxy.org, proxy-protocol.txt).
enum ProxyHeader {
    /// The first bytes of version 2.
    static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
}
