internal import CSystemFiles
internal import Crypto
internal import Foundation
internal import TerminalOutput

/// The folder that an export writes to. File names are resolved relative to the opened folder and symbolic links are
/// not followed, so no file outside of the folder can be written.
final class ExportFolder {
    private let path: String
    private let descriptor: Int32

    /// Creates or opens the folder.
    ///
    /// - Parameter resumes: whether the folder may already contain files.
    init(_ path: String, resumes: Bool) throws(TransferError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .cannotWrite(path, errno) }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
        self.path = path
        guard resumes || isEmpty else { throw .folderNotEmpty(path: path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private var isEmpty: Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: path).isEmpty) ?? false
    }

    /// True if the folder has a regular file with this name, length and SHA-256.
    func holds(_ name: String, byteCount: Int, sha256: [UInt8]) -> Bool {
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return false }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == byteCount else {
            return false
        }
        var digest = SHA256()
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = piece.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return false }
            if count == 0 { return Array(digest.finalize()) == sha256 }
            digest.update(data: piece[..<count])
        }
    }

    /// Writes a file under a temporary name and renames it.
    func write(_ bytes: [UInt8], as name: String) throws {
        let part = try begin(name)
        defer { close(part) }
        try StandardStream.write(bytes, to: part)
        try end(name)
    }

    /// Creates the temporary file for `name`. The caller closes the descriptor.
    func begin(_ name: String) throws(TransferError) -> Int32 {
        unlinkat(descriptor, Self.part(of: name), 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = openat(descriptor, Self.part(of: name), flags, 0o600)
        guard file >= 0 else { throw .cannotWrite("\(path)/\(name)", errno) }
        return file
    }

    /// Renames the temporary file for `name` to its final name.
    func end(_ name: String) throws(TransferError) {
        guard renameat(descriptor, Self.part(of: name), descriptor, name) == 0 else {
            throw .cannotWrite("\(path)/\(name)", errno)
        }
    }

    /// Syncs the folder's file system with one call. Syncing each of many files would take hours.
    func syncAll() throws(TransferError) {
        guard syncfs(descriptor) == 0 else { throw .cannotWrite(path, errno) }
        guard fsync(descriptor) == 0 else { throw .cannotWrite(path, errno) }
    }

    private static func part(of name: String) -> String {
        ".\(name).part"
    }
}
