import Foundation

/// A keep-alive connection of a load. At most one delivery is in progress on a connection.
struct LoadConnection {
    struct CannotConnect: Error, CustomStringConvertible {
        let port: Int
        var description: String { "no server listens at 127.0.0.1:\(port)" }
    }

    private(set) var descriptor: Int32
    private let port: Int
    private var unsent: [UInt8] = []
    private var unsentOffset = 0
    private var response = ResponseReader()
    /// The start of the latency measurement for the current delivery.
    private(set) var startedAt: Int64 = 0
    private(set) var isBusy = false

    var hasUnsent: Bool { unsentOffset < unsent.count }

    init(port: Int) throws {
        self.port = port
        descriptor = try Self.connect(port)
    }

    private static func connect(_ port: Int) throws -> Int32 {
        #if os(Linux)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, status == 0 else {
            if descriptor >= 0 { Foundation.close(descriptor) }
            throw CannotConnect(port: port)
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        return descriptor
    }

    /// Starts a delivery. If the socket does not accept all bytes at once, `sendRest` sends the remaining bytes later.
    mutating func send(_ request: [UInt8], startedAt: Int64) {
        self.startedAt = startedAt
        isBusy = true
        let sent = request.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard sent < request.count else { return }
        unsent = request
        unsentOffset = max(0, sent)
    }

    mutating func sendRest() {
        let sent = unsent.withUnsafeBytes { bytes in
            write(descriptor, bytes.baseAddress?.advanced(by: unsentOffset), bytes.count - unsentOffset)
        }
        unsentOffset += max(0, sent)
    }

    enum Reading {
        case nothing
        case responded(status: Int, closes: Bool)
        case ended
    }

    mutating func read(_ scratch: UnsafeMutableRawBufferPointer) -> Reading {
        let count = Foundation.read(descriptor, scratch.baseAddress, scratch.count)
        guard count != 0 else { return .ended }
        guard count > 0 else { return errno == EAGAIN || errno == EINTR ? .nothing : .ended }
        let bytes = UnsafeBufferPointer(rebasing: scratch.assumingMemoryBound(to: UInt8.self)[..<count])
        switch response.take(bytes) {
        case .incomplete: return .nothing
        case .unreadable: return .ended
        case .complete(let status, let closes):
            isBusy = false
            unsentOffset = unsent.count
            return .responded(status: status, closes: closes)
        }
    }

    /// Replaces the ended connection with a new one. Returns false if the server does not accept the new connection.
    mutating func reconnect() -> Bool {
        close()
        isBusy = false
        unsentOffset = unsent.count
        response.forget()
        guard let descriptor = try? Self.connect(port) else { return false }
        self.descriptor = descriptor
        return true
    }

    mutating func close() {
        if descriptor >= 0 { Foundation.close(descriptor) }
        descriptor = -1
    }
}
