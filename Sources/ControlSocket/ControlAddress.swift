internal import Foundation

/// The path of a Unix stream socket.
package struct ControlAddress: Sendable {
    private static let backlog: Int32 = 64

    let path: String

    init(_ path: String) throws(ControlFailure) {
        // One byte is reserved, because the kernel expects a NUL at the end.
        let limit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
        guard (1...limit).contains(path.utf8.count), !path.utf8.contains(0) else {
            throw .pathUnusable(path, byteCountLimit: limit)
        }
        self.path = path
    }

    /// True if a server accepts connections at the path.
    package static func isListening(at path: String) -> Bool {
        guard let descriptor = try? ControlAddress(path).connect() else { return false }
        close(descriptor)
        return true
    }

    /// Connects and returns the socket.
    func connect() throws(ControlFailure) -> Int32 {
        let descriptor = try Self.makeSocket()
        guard call(Foundation.connect, descriptor) else {
            let code = errno
            close(descriptor)
            switch code {
            case ENOENT, ECONNREFUSED: throw .notListening(path)
            // Connecting to a Unix socket blocks only if the queue of the listener is full.
            case EAGAIN: throw .busy("it does not accept connections")
            default: throw .failed("connect", code)
            }
        }
        return descriptor
    }

    /// Opens a listening socket and returns it. The socket file has mode 0600 before the first client can connect.
    /// Replaces a stale socket file.
    func listen() throws(ControlFailure) -> Int32 {
        try removeStaleFile()
        let descriptor = try Self.makeSocket()
        // On Linux the socket file gets the mode of the descriptor. On other systems this call fails. The `chmod` below
        // is early enough for them, because no client can connect before `listen`.
        fchmod(descriptor, 0o600)
        guard call(Foundation.bind, descriptor) else {
            let code = errno
            close(descriptor)
            throw code == EADDRINUSE ? .inUse(path) : .failed("bind", code)
        }
        guard chmod(path, 0o600) == 0, Foundation.listen(descriptor, Self.backlog) == 0 else {
            let code = errno
            removeFile()
            close(descriptor)
            throw .failed("listen", code)
        }
        return descriptor
    }

    func removeFile() {
        unlink(path)
    }

    private func removeStaleFile() throws(ControlFailure) {
        var file = stat()
        guard lstat(path, &file) == 0 else { return }
        guard file.st_mode & S_IFMT == S_IFSOCK else { throw .inUse(path) }
        do throws(ControlFailure) {
            close(try connect())
        } catch .notListening {
            return removeFile()
        } catch .busy {}
        throw .inUse(path)
    }

    private static func makeSocket() throws(ControlFailure) -> Int32 {
        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw .failed("socket", errno) }
        prepare(descriptor)
        return descriptor
    }

    /// Makes a descriptor non-blocking and close-on-exec.
    static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    private func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ descriptor: Int32
    ) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
