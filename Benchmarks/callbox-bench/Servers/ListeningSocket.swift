import Foundation

/// A listening socket that outlives the servers that use it, like a systemd socket.
struct ListeningSocket: Sendable {
    struct CannotListen: Error {}

    let port: Int
    let descriptor: Int32

    init() throws {
        port = ServerProcess.freePort()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0, listen(descriptor, 4096) == 0 else { throw CannotListen() }
    }

    func close() {
        Foundation.close(descriptor)
    }
}

extension CallboxProgram {
    /// Starts a server and passes the socket to it as systemd does: as descriptor 3, with the server's process ID in
    /// LISTEN_PID.
    func serve(_ archive: URL, on socket: ListeningSocket) throws -> ServerProcess {
        let script = "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\""
        return try ServerProcess(
            URL(filePath: "/bin/sh"),
            ["-c", script, executable.path(), "serve", "--archive", archive.path(), "--log-level", "error"],
            environment: ["CALLBOX_KLAVI_SECRET": DeliveryFactory.secret], folder: folder,
            input: FileHandle(fileDescriptor: socket.descriptor, closeOnDealloc: false))
    }
}
