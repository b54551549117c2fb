import Foundation
import Synchronization

/// Opens connections from eight addresses. They keep a server busy without sending a delivery. A separate thread
/// handles the connections. If the server closes a connection, the thread opens it again within a second.
final class HostileClients: Sendable {
    private enum Kind: Int, CaseIterable {
        case silent, partialLine, slowHead, slowBody, slowChunks, tlsHello, idle, pipelining

        var beginning: String {
            let head = "POST /klavi HTTP/1.1\r\nHost: a\r\n"
            return switch self {
            case .silent: ""
            case .partialLine: "POST /kla"
            case .slowHead: head
            case .slowBody: head + "Content-Length: 1000000\r\n\r\n"
            case .slowChunks: head + "Transfer-Encoding: chunked\r\n\r\n3;x"
            case .tlsHello: "\u{16}\u{3}\u{1}"
            case .idle: "GET /klavi HTTP/1.1\r\nHost: a\r\n\r\n"
            case .pipelining: continuation
            }
        }

        /// The text that the client sends every second.
        var continuation: String {
            switch self {
            case .silent, .partialLine, .tlsHello, .idle: ""
            case .slowHead: "X: y\r\n"
            case .slowBody, .slowChunks: "y"
            case .pipelining: String(repeating: Self.idle.beginning, count: 100)
            }
        }
    }

    /// The lowest descriptor of the hostile connections. A load needs the lower descriptors, because it uses select(2).
    private static let firstDescriptor: Int32 = 1100

    private let isStopped = Atomic(false)
    private let end = DispatchSemaphore(value: 0)

    init(port: Int, count: Int) {
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        signal(SIGPIPE, SIG_IGN)
        let thread = Thread { [self] in
            run(port, count)
            end.signal()
        }
        thread.name = "hostile"
        thread.start()
    }

    /// Closes all connections.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        end.wait()
    }

    private func run(_ port: Int, _ count: Int) {
        let kinds = (0..<count).map { Kind.allCases[$0 % Kind.allCases.count] }
        var descriptors = [Int32](repeating: -1, count: count)
        while !isStopped.load(ordering: .relaxed) {
            for (index, kind) in kinds.enumerated() {
                let isNew = descriptors[index] < 0
                if isNew { descriptors[index] = Self.connect(port, from: "127.0.0.\(2 + index % 8)") }
                let isOpen = Self.talk(
                    descriptors[index], isNew ? kind.beginning : kind.continuation, reads: kind != .pipelining)
                if !isOpen {
                    close(descriptors[index])
                    descriptors[index] = -1
                }
            }
            usleep(1_000_000)
        }
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
    }

    /// Sends and receives on a connection. Returns false if the server closed the connection.
    private static func talk(_ descriptor: Int32, _ text: String, reads: Bool) -> Bool {
        let sent = text.utf8CString.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count - 1) }
        if sent < 0, errno != EAGAIN, errno != EINPROGRESS { return false }
        guard reads else { return true }
        var scratch: [UInt8] = Array(repeating: 0, count: 4096)
        return read(descriptor, &scratch, scratch.count) != 0 || errno == EAGAIN
    }

    private static func connect(_ port: Int, from address: String) -> Int32 {
        let first = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let descriptor = fcntl(first, F_DUPFD, firstDescriptor)
        close(first)
        var size: Int32 = 4096
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        func withAddress(_ text: String, _ port: Int, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
            address.sin_addr.s_addr = inet_addr(text)
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        withAddress(address, 0) { bind(descriptor, $0, $1) }
        withAddress("127.0.0.1", port) { Foundation.connect(descriptor, $0, $1) }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        return descriptor
    }
}
