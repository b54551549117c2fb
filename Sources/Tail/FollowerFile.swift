internal import Foundation
package import Journal

/// A small file that a follower of an archive keeps. Only the owner can read the file.
package struct FollowerFile: Sendable {
    /// The maximum size in bytes. No valid file is larger.
    private static let byteCountLimit = 4096

    package let path: String

    package enum Content: Equatable, Sendable {
        case none
        case unreadable
        case bytes([UInt8])
    }

    /// The file is below `$XDG_STATE_HOME` (XDG Base Directory Specification), which must be absolute, or below
    /// `~/.local/state`. Nil if there is no home directory or no archive.
    package init?(named name: String, of archive: ArchiveDirectory, environment: [String: String]) {
        guard let digest = archive.pathDigest else { return nil }
        var folder = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        if folder == nil { folder = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.local/state" } }
        guard let folder else { return nil }
        path = folder + "/callbox/\(name)-\(digest).json"
    }

    package func read() -> Content {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return errno == ENOENT ? .none : .unreadable }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.byteCountLimit)
        let count = bytes.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0, count < Self.byteCountLimit else { return .unreadable }
        return .bytes(Array(bytes.prefix(count)))
    }

    /// Writes a temporary file and renames it, so a reader never sees a partial file. Returns false if that fails.
    ///
    /// - Parameter isDurable: whether the file must survive a power cut. Blocks for an fsync.
    package func write(_ bytes: [UInt8], isDurable: Bool = false) -> Bool {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let draft = "\(path).\(ProcessInfo.processInfo.processIdentifier)"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        let isWritten = count == bytes.count && (!isDurable || fsync(descriptor) == 0)
        close(descriptor)
        guard isWritten, rename(draft, path) == 0 else {
            unlink(draft)
            return false
        }
        return true
    }
}
