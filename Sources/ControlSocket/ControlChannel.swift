internal import Foundation

/// A connected socket that carries frames: a 4-byte big-endian length, then that many bytes of JSON.
///
/// Only one thread at a time may read and write. The descriptor is closed only with the last reference, because `end()`
/// and `endReading()` from another thread must never use a descriptor that the system has reused.
final class ControlChannel: Sendable {
    /// Prevents SIGPIPE, which would end the process after a write to a closed connection.
    #if canImport(Darwin)
        private static let sendFlags: Int32 = 0
    #else
        private static let sendFlags = Int32(MSG_NOSIGNAL)
    #endif

    private let descriptor: Int32
    private let limits: ControlLimits
    /// The descriptors that were received with frames; nil to ignore descriptors, as a server does.
    private let received: ReceivedDescriptors?

    /// Takes ownership of `descriptor`, which must be non-blocking.
    init(_ descriptor: Int32, limits: ControlLimits, received: ReceivedDescriptors? = nil) {
        self.received = received
        self.descriptor = descriptor
        self.limits = limits
        #if canImport(Darwin)
            var isOn: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    deinit {
        close(descriptor)
    }

    /// Ends the connection in both directions.
    func end() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Wakes the thread that waits for a request. That thread can still send responses.
    func endReading() {
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// The effective user ID of the peer when it called `connect`. Nil if the kernel does not report the ID.
    var peerUserID: UInt32? {
        #if os(Linux)
            // `struct ucred` of unix(7), which Glibc's module does not export.
            var credentials = (process: pid_t(), user: uid_t(), group: gid_t())
            var length = socklen_t(MemoryLayout.size(ofValue: credentials))
            guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
            return credentials.user
        #else
            var user = uid_t()
            var group = gid_t()
            return getpeereid(descriptor, &user, &group) == 0 ? user : nil
        #endif
    }

    /// Reads the length of the next frame. Nil if the peer closed the connection.
    func readLength(within timeout: Duration) throws(ControlFailure) -> Int? {
        guard let first = try readFirst(until: .now + timeout) else { return nil }
        let rest = try readAll(3)
        let length = (first + rest).reduce(0) { $0 << 8 | Int($1) }
        guard length <= limits.frameByteCount else {
            throw .tooLarge(byteCount: length, limit: limits.frameByteCount)
        }
        return length
    }

    /// Reads the message of a frame. The length of the frame was already read.
    func readMessage<Message: Decodable>(_ type: Message.Type, byteCount: Int) throws(ControlFailure) -> Message {
        try ControlCoding.decode(type, from: try readAll(byteCount))
    }

    /// Sends a frame that `ControlCoding.encode` created. After a failure the connection cannot be used, because a part
    /// of the frame may have been sent.
    ///
    /// - Parameter descriptors: the descriptors to send with the frame, at most `PassedDescriptors.countLimit`.
    func write(_ frame: Data, with descriptors: [Int32] = []) throws(ControlFailure) {
        let deadline = ContinuousClock.now + limits.sendTimeout
        var sent = 0
        while sent < frame.count {
            let count = frame.withUnsafeBytes {
                if sent == 0, let first = $0.first, !descriptors.isEmpty {
                    return PassedDescriptors.send(descriptors, with: first, on: descriptor, flags: Self.sendFlags)
                }
                return send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Self.sendFlags)
            }
            if count >= 0 { sent += count } else { try recover("send", errno, POLLOUT, deadline) }
        }
    }

    private func readAll(_ byteCount: Int) throws(ControlFailure) -> Data {
        guard let bytes = try read(byteCount, until: .now + limits.receiveTimeout) else { throw .closed }
        return bytes
    }

    /// Reads the first byte of a frame. Nil if the stream ends before the frame.
    private func readFirst(until deadline: ContinuousClock.Instant) throws(ControlFailure) -> Data? {
        guard let received else { return try read(1, until: deadline) }
        while true {
            let (count, byte, descriptors) = PassedDescriptors.receive(on: descriptor)
            received.add(descriptors)
            guard count < 0 else { return count == 0 ? nil : Data([byte]) }
            try recover("recvmsg", errno, POLLIN, deadline)
        }
    }

    /// Reads exactly this many bytes. Nil if the stream ends before the first byte.
    private func read(_ byteCount: Int, until deadline: ContinuousClock.Instant) throws(ControlFailure) -> Data? {
        var bytes = Data(count: byteCount)
        var received = 0
        while received < byteCount {
            let count = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress?.advanced(by: received), $0.count - received, 0)
            }
            if count > 0 {
                received += count
            } else if count < 0 {
                try recover("recv", errno, POLLIN, deadline)
            } else if received == 0 {
                return nil
            } else {
                throw .closed
            }
        }
        return bytes
    }

    /// Waits until an interrupted or blocked operation can be repeated.
    private func recover(
        _ operation: String, _ code: Int32, _ event: some BinaryInteger, _ deadline: ContinuousClock.Instant
    ) throws(ControlFailure) {
        switch code {
        case EINTR: return
        case EAGAIN: break
        case EPIPE, ECONNRESET: throw .closed
        default: throw .failed(operation, code)
        }
        let rest = ContinuousClock.now.duration(to: deadline)
        guard rest > .zero else { throw .timedOut }
        // Wakes at least once a minute, because the timeout of `poll` is a 32-bit number of milliseconds.
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        poll(&entry, 1, Int32(min(rest, .seconds(60)) / .milliseconds(1)) + 1)
    }
}

extension ControlFailure {
    static func failed(_ operation: String, _ code: Int32) -> Self {
        .system(operation: operation, code: code, reason: String(cString: strerror(code)))
    }
}
