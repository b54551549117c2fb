internal import NIOCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The other end of a socket.
enum PeerState {
    #if canImport(Glibc)
        /// `POLLRDHUP` of poll.h, which glibc declares only with `_GNU_SOURCE`.
        private static let event: Int16 = 0x2000
    #else
        /// An end of file is reported as `POLLHUP`, which is not asked for.
        private static let event: Int16 = 0
    #endif

    /// True if the server has closed the connection, which the event loop may not have read yet.
    static func isClosed(_ socket: NIOBSDSocket.Handle) -> Bool {
        var state = pollfd(fd: socket, events: event, revents: 0)
        return poll(&state, 1, 0) > 0
    }
}
