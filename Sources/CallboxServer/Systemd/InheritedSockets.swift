internal import Foundation

/// The listening sockets that systemd passed to this process (sd_listen_fds(3)).
package struct InheritedSockets: Sendable, Equatable {
    /// The first passed descriptor, SD_LISTEN_FDS_START.
    private static let first: Int32 = 3
    private static let countLimit: Int32 = 16

    /// The sockets for the sources; empty if the server must open its own.
    package var main: [Int32] = []
    /// The socket for the admin listener, named `admin` by `FileDescriptorName`.
    package var admin: Int32?

    package init() {}

    /// Takes ownership of the passed listening sockets and ignores other descriptors. Child processes do not inherit
    /// the sockets.
    package init(environment: [String: String], processID: Int32 = getpid()) {
        self.init(environment: environment, processID: processID, first: Self.first, isListening: Self.isListening)
    }

    init(environment: [String: String], processID: Int32, first: Int32, isListening: (Int32) -> Bool) {
        guard environment["LISTEN_PID"].flatMap({ Int32($0) }) == processID,
            let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }), (1...Self.countLimit).contains(count)
        else { return }
        let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        for index in 0..<count {
            let descriptor = first + index
            guard isListening(descriptor) else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            if index < names.count, names[Int(index)] == "admin" {
                admin = admin ?? descriptor
            } else {
                main.append(descriptor)
            }
        }
    }

    private static func isListening(_ descriptor: Int32) -> Bool {
        var isAccepting: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isAccepting, &length) == 0 && isAccepting != 0
    }
}
