internal import Foundation

/// A blocking HTTP/1.1 client without TLS for servers on this machine. The client sends exactly the given bytes.
package final class LoopbackHTTP: Sendable {
    /// A response.
    package struct Response: Sendable, Equatable {
        package let status: Int
        package let head: String
        package let body: [UInt8]
    }

    /// The connection broke before the response was complete.
    package struct Broken: Error {}

    private let descriptor: Int32

    /// Connects to 127.0.0.1. Sending and receiving time out after a minute.
    package init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Broken() }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Broken() }
    }

    deinit {
        close(descriptor)
    }

    /// Sends a POST and reads the response. The connection stays open.
    package func post(_ path: String, headers: [String] = [], body: [UInt8]) throws -> Response {
        let lines = ["POST \(path) HTTP/1.1", "Host: localhost", "Content-Length: \(body.count)"] + headers
        try sendBytes(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        return try readResponse()
    }

    /// Sends a GET and reads the response.
    package func get(_ target: String) throws -> Response {
        try sendBytes(Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        return try readResponse()
    }

    /// Sends bytes without changes.
    package func sendBytes(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Broken() }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads one response that has a Content-Length.
    package func readResponse() throws -> Response {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            if let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
                let length =
                    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
                if received.count >= end.upperBound + length {
                    let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                    return Response(
                        status: status, head: head, body: Array(received[end.upperBound..<end.upperBound + length]))
                }
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw Broken() }
            received.append(contentsOf: buffer[..<count])
        }
    }
}
