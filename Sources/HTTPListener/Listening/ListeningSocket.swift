internal import Foundation
internal import NIOCore
internal import Synchronization

/// A listening socket of this process. The object has its own descriptor in addition to the channel's descriptor, so
/// another process can receive the socket together with the connections that wait in it.
final class ListeningSocket: Sendable {
    /// The number of connections that the kernel queues until a process accepts them; at most `net.core.somaxconn`
    /// (listen(2)).
    static let backlog: Int32 = 4096

    /// The descriptor of the socket; nil after `close`.
    private let descriptor: Mutex<Int32?>

    /// Takes ownership of the descriptor of a listening socket.
    init(inherited descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    /// - Parameter port: the port to bind to; 0 for any free port.
    init(host: String, port: Int) throws {
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        #if canImport(Darwin)
            let type = SOCK_STREAM
        #else
            let type = Int32(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(address.protocol == .inet6 ? AF_INET6 : AF_INET, type, 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var isOn: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
        let isBound = address.withSockAddr { bind(descriptor, $0, socklen_t($1)) == 0 }
        guard isBound, Foundation.listen(descriptor, Self.backlog) == 0 else {
            let code = errno
            Foundation.close(descriptor)
            throw IOError(errnoCode: code, reason: isBound ? "listen" : "bind")
        }
        self.descriptor = Mutex(descriptor)
    }

    /// Sets the backlog again, because NIO calls listen(2) with a backlog of 128 on a socket that is already bound.
    func restoreBacklog() throws {
        try descriptor.withLock { descriptor in
            guard let descriptor, Foundation.listen(descriptor, Self.backlog) != 0 else { return }
            throw IOError(errnoCode: errno, reason: "listen")
        }
    }

    /// A second descriptor of the socket; the caller closes it. Nil after `close`.
    func duplicate() throws -> Int32? {
        try descriptor.withLock { descriptor in
            guard let descriptor else { return nil }
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { throw IOError(errnoCode: errno, reason: "fcntl") }
            return copy
        }
    }

    /// The bound port. IPv4 and IPv6 addresses contain the port at the same offset.
    func port() throws -> Int {
        var address = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_storage>.size)
        var length = socklen_t(address.count)
        let result = descriptor.withLock { descriptor in
            address.withUnsafeMutableBytes { bytes in
                getsockname(descriptor ?? -1, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
            }
        }
        guard result == 0 else { throw IOError(errnoCode: errno, reason: "getsockname") }
        return Int(address[2]) << 8 | Int(address[3])
    }

    func close() {
        descriptor.withLock { descriptor in
            if let open = descriptor.take() { Foundation.close(open) }
        }
    }

    deinit {
        close()
    }
}
