internal import Foundation

/// The reason why output cannot be written.
package enum OutputError: Error, Equatable {
    case diskFull
    case failed(reason: String)
}

/// Writes to a descriptor without buffering.
package enum StandardStream {
    /// The reader, for example `head`, closed the pipe.
    package struct BrokenPipe: Error {
        package init() {}
    }

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

    /// True if the reader has closed the pipe. Used by commands that wait without writing.
    package static func hasLostItsReader(_ descriptor: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&request, 1, 0) > 0 && request.revents & Int16(POLLERR) != 0
    }
}
