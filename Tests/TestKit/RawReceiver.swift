import Foundation
import Synchronization

/// Accepts one connection, stores the request, and sends only the given bytes.
package final class RawReceiver: Sendable {
    /// The state of the connection after the bytes were sent.
    package enum Ending {
        case closed
        /// The connection stays open until the receiver is released.
        case silent
    }

    package struct Unavailable: Error {
        package init() {}
    }

    /// If the other side has closed the connection, `send` fails instead of ending the process.
    private static let noSignal = Int32(MSG_NOSIGNAL)

    package let port: Int
    private let listener: Int32
    private let connection = OpenConnection()
    private let received = Received()

    /// The bytes of the request; empty until the whole request was read.
    package var request: String { String(decoding: requestBytes, as: UTF8.self) }
    package var requestBytes: [UInt8] { received.bytes.withLock { $0 } }

    private final class Received: Sendable {
        let bytes: Mutex<[UInt8]> = Mutex([])
    }

    /// A connection that stays open until its owner is released.
    private final class OpenConnection: Sendable {
        private let descriptor = Mutex<Int32?>(nil)

        func keep(_ open: Int32) {
            descriptor.withLock { $0 = open }
        }

        deinit {
            descriptor.withLock { if let open = $0 { close(open) } }
        }
    }

    /// - Parameters:
    ///   - count: the number of times that `bytes` is sent after `head`.
    ///   - reads: whether to wait for a request.
    package init(head: String, then bytes: [UInt8] = [], times count: Int = 1, reads: Bool = true, _ ending: Ending)
        throws
    {
        (listener, port) = try Self.bound()
        guard listen(listener, 1) == 0 else { throw Unavailable() }
        // Duplicates the descriptor for the thread. After the original descriptor is closed, another receiver may get
        // its number.
        let waiting = dup(listener)
        let thread = Thread { [connection, received] in
            let accepted = accept(waiting, nil, nil)
            close(waiting)
            guard accepted >= 0 else { return }
            let request = reads ? Self.readRequest(accepted) : []
            received.bytes.withLock { $0 = request }
            Self.send(Array(head.utf8), to: accepted)
            for _ in 0..<count where !bytes.isEmpty { Self.send(bytes, to: accepted) }
            switch ending {
            case .closed: close(accepted)
            case .silent: connection.keep(accepted)
            }
        }
        thread.start()
    }

    deinit {
        // Wakes the thread if the thread still waits for a connection.
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    package func url(_ rest: String = "/hook") -> String {
        "http://127.0.0.1:\(port)\(rest)"
    }

    /// Runs `body` with a port of 127.0.0.1 that is bound but does not listen.
    package static func withDeafPort<Value>(_ body: (Int) async throws -> Value) async throws -> Value {
        let (descriptor, port) = try bound()
        defer { close(descriptor) }
        return try await body(port)
    }

    /// A port of 127.0.0.1 that was free when it was checked. It is for programs that cannot select a free port
    /// themselves.
    package static func freePort() throws -> Int {
        let (descriptor, port) = try bound()
        close(descriptor)
        return port
    }

    /// Binds a socket to 127.0.0.1. The caller closes the socket.
    package static func bound() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Unavailable() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Unavailable()
        }
        return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
    }

    /// Reads the whole request. If bytes stayed unread, closing the connection would reset it.
    private static func readRequest(_ descriptor: Int32) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            if let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
                let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
                let byteCount = length.flatMap { Int($0.dropFirst("content-length: ".count)) } ?? 0
                if received.count >= end.upperBound + byteCount { return received }
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return received }
            received.append(contentsOf: buffer[..<count])
        }
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, noSignal)
            }
            // The other side has closed the connection.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
