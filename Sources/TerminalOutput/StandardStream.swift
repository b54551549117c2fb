internal import Foundation

/// Results that cannot be written.
package enum OutputError: Error, Equatable {
    case diskFull
    /// The system's reason.
    case failed(reason: String)
}

/// Writing to a descriptor without buffers between.
package enum StandardStream {
    /// The reader has gone, as `head` does: no failure of ours.
    package struct BrokenPipe: Error {
        package init() {}
    }

    /// Writes everything or says why not.
    package static func write(_ text: String, to descriptor: Int32) throws {
        try write(Array(text.utf8), to: descriptor)
    }

    package static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                throw BrokenPipe()
            } else if errno == ENOSPC || errno == EDQUOT {
                throw OutputError.diskFull
            } else if errno != EINTR && errno != EAGAIN {
                throw OutputError.failed(reason: String(cString: strerror(errno)))
            }
        }
    }

    /// Whether whoever read the other end of a pipe has gone, so that a command that waits need not find out by writing.
    package static func hasLostItsReader(_ descriptor: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&request, 1, 0) > 0 && request.revents & Int16(POLLERR) != 0
    }
}
