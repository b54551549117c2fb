package import Deliveries
internal import Foundation
internal import NIOPosix

/// Resolves the addresses of a host.
package struct HostResolver: Sendable {
    package let addresses: @Sendable (_ host: String) async throws -> [NetworkAddress]

    package init(_ addresses: @escaping @Sendable (_ host: String) async throws -> [NetworkAddress]) {
        self.addresses = addresses
    }

    /// Resolves with `getaddrinfo` on a thread pool. A cancelled task does not wait for the result.
    package static let system = HostResolver { host in
        try await Waiter.wait { waiter in
            NIOThreadPool.singleton.submit { _ in waiter.end(Result { try lookUp(host) }) }
        }
    }

    /// Resolves the addresses of a host. Blocks. Returns at most 16 addresses.
    private static func lookUp(_ host: String) throws -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_protocol = Int32(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { throw OutboundFailure.unknownHost }
        defer { freeaddrinfo(list) }
        var addresses: [NetworkAddress] = []
        var next = list
        while let info = next, addresses.count < 16 {
            next = info.pointee.ai_next
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard
                getnameinfo(
                    info.pointee.ai_addr, info.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                    == 0
            else { continue }
            // Removes the zone, such as `%eth0` in `fe80::1%eth0`, because it does not affect the kind of the address.
            let numeric = text.prefix { $0 != 0 && $0 != CChar(UInt8(ascii: "%")) }.map { UInt8(bitPattern: $0) }
            let address = NetworkAddress(String(decoding: numeric, as: UTF8.self))
            if let address, !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }
}
