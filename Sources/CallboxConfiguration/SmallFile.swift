internal import Foundation

/// Reads a small file that people write, such as a configuration or a secret.
enum SmallFile {
    struct Failure: Error {
        /// The error message of the system, such as "permission denied".
        let reason: String
    }

    static func read(_ path: String, byteCountLimit: Int) throws(Failure) -> [UInt8] {
        // Opens the file without blocking, because a named pipe without a writer would otherwise block the reload of a
        // running server.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .lastError }
        defer { close(descriptor) }
        // Reads with blocking, because the writer of a pipe, such as a process substitution, may be slow.
        guard fcntl(descriptor, F_SETFL, 0) == 0 else { throw .lastError }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .lastError }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= byteCountLimit else {
                throw Failure(reason: "it is longer than \(byteCountLimit / 1024) KiB")
            }
        }
    }
}

extension SmallFile.Failure {
    fileprivate static var lastError: SmallFile.Failure {
        SmallFile.Failure(reason: String(cString: strerror(errno)).lowercased())
    }
}
