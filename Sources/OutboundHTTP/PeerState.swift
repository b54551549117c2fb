internal import NIOCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Checks the state of a socket's other end.
enum PeerState {
    #if canImport(Glibc)
        /// `POLLRDHUP` of poll.h. glibc declares this constant only with `_GNU_SOURCE`.
        private static let event: Int16 = 0x2000
    #else
        /// No event needs to be requested, because an end of file is always reported as `POLLHUP`.
        private static let event: Int16 = 0
    #endif

    /// True if the server has closed the connection, even if the event loop has not noticed this yet.
    static func isClosed(_ socket: NIOBSDSocket.Handle) -> Bool {
        var state = pollfd(fd: socket, events: event, revents: 0)
        return poll(&state, 1, 0) > 0
    }
}
