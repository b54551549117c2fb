import Crypto
import Foundation
import Synchronization

/// An HTTP server that checks the requests of `replay` and `tail --forward-to`. It checks the SHA-256 of each body and
/// the provider's signature. The server shares no code with the product, and has a thread for each connection.
final class VerifyingTarget: Sendable {
    struct Arrival: Sendable {
        /// The ID in the header `Callbox-Delivery`. 0 if the request does not have this header.
        let id: Int
        /// The time at which the last byte of the request arrived.
        let at: Int64
        let isEqual: Bool
        let isSigned: Bool
    }

    private struct Request {
        var headers: [String: String] = [:]
        var body: [UInt8] = []
    }

    let port: Int
    private let socket: ListeningSocket
    private let digests: [[UInt8]]
    private let requiresCurrentTime: Bool
    private let state = Mutex<[Arrival]>([])

    /// - Parameters:
    ///   - digests: the SHA-256 of the bodies of deliveries 1, 2, and later. If empty, the server does not compare
    ///     bodies.
    ///   - requiresCurrentTime: whether the server rejects a signature whose signed time is not the current time.
    init(digests: [[UInt8]] = [], requiresCurrentTime: Bool = false) throws {
        socket = try ListeningSocket()
        port = socket.port
        self.digests = digests
        self.requiresCurrentTime = requiresCurrentTime
        let thread = Thread { [self] in
            while true {
                let connection = accept(socket.descriptor, nil, nil)
                guard connection >= 0 else {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return
                }
                Thread { [self] in serve(connection) }.start()
            }
        }
        thread.name = "target"
        thread.start()
    }

    var url: String { "http://127.0.0.1:\(port)/in" }

    var count: Int { state.withLock(\.count) }

    /// The requests received until now, sorted by the time of their last byte.
    var arrivals: [Arrival] { state.withLock { $0 }.sorted { $0.at < $1.at } }

    /// Waits until this number of requests has arrived. Returns false after `limit` seconds.
    func waitForCount(_ count: Int, limit: Double) -> Bool {
        let start = Clock.now
        while self.count < count {
            guard Clock.seconds(since: start) < limit else { return false }
            usleep(500)
        }
        return true
    }

    /// Accepts no more connections. An open connection ends when its client closes it.
    func stop() {
        shutdown(socket.descriptor, Int32(SHUT_RDWR))
        socket.close()
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var on: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var buffer: [UInt8] = []
        var scratch = [UInt8](repeating: 0, count: 64 * 1024)
        let response = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
        while true {
            guard let (request, end) = Self.request(buffer) else {
                let count = read(connection, &scratch, scratch.count)
                guard count > 0 else { return }
                buffer.append(contentsOf: scratch[..<count])
                continue
            }
            note(request, at: Clock.now)
            buffer.removeFirst(end)
            // MSG_NOSIGNAL prevents SIGPIPE if the client was killed. SIGPIPE would end the benchmark.
            guard send(connection, response, response.count, Int32(MSG_NOSIGNAL)) == response.count else { return }
        }
    }

    private func note(_ request: Request, at moment: Int64) {
        let id = Int(request.headers["callbox-delivery"] ?? "") ?? 0
        let now = requiresCurrentTime ? Int(Date.now.timeIntervalSince1970) : nil
        let arrival = Arrival(
            id: id, at: moment,
            isEqual: digests.indices.contains(id - 1) && digests[id - 1] == Array(SHA256.hash(data: request.body)),
            isSigned: SignatureRecipe.isSigned(request.headers, request.body, now: now))
        state.withLock { $0.append(arrival) }
    }

    /// Returns the first request in `bytes` and its length in bytes. Returns nil if the request is not complete.
    private static func request(_ bytes: [UInt8]) -> (Request, end: Int)? {
        var request = Request()
        var lineStart = 0
        var index = 0
        while index + 1 < bytes.count {
            guard bytes[index] == 0x0d, bytes[index + 1] == 0x0a else {
                index += 1
                continue
            }
            if index == lineStart {
                let bodyStart = index + 2
                let length = Int(request.headers["content-length"] ?? "") ?? 0
                guard bytes.count - bodyStart >= length else { return nil }
                request.body = Array(bytes[bodyStart..<bodyStart + length])
                return (request, bodyStart + length)
            }
            let line = bytes[lineStart..<index]
            if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
                request.headers[name] = value.trimmingCharacters(in: .whitespaces)
            }
            index += 2
            lineStart = index
        }
        return nil
    }
}
