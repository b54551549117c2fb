internal import Crypto
internal import Foundation
internal import TerminalOutput

/// A folder that an export writes to, and nothing outside it: names are resolved in the folder that was opened, and no
/// symbolic link is followed.
final class ExportFolder {
    private let path: String
    private let descriptor: Int32

    /// Makes the folder, or opens one.
    ///
    /// - Parameter resumes: whether something may be in it already.
    init(_ path: String, resumes: Bool) throws(TransferError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .cannotWrite(path, errno) }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
        self.path = path
        guard resumes || isEmpty else {
            throw .folderNotEmpty(path: path)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private var isEmpty: Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: path).isEmpty) ?? false
    }

    /// Whether a plain file of this name has this length and SHA-256.
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

    /// Writes a file under another name and gives it its own when it is whole.
    func write(_ bytes: [UInt8], as name: String) throws {
        let part = try begin(name)
        defer { close(part) }
        try StandardStream.write(bytes, to: part)
        try end(name)
    }

    /// A new file for `name`, to be closed by whoever asked.
    func begin(_ name: String) throws(TransferError) -> Int32 {
        unlinkat(descriptor, Self.part(of: name), 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = openat(descriptor, Self.part(of: name), flags, 0o600)
        guard file >= 0 else { throw .cannotWrite("\(path)/\(name)", errno) }
        return file
    }

    /// Gives a file that was begun its name.
    func end(_ name: String) throws(TransferError) {
        guard renameat(descriptor, Self.part(of: name), descriptor, name) == 0 else {
            throw .cannotWrite("\(path)/\(name)", errno)
        }
    }

    /// Brings everything in the folder to the disk: with one call, for a sync of each of many files takes hours.
    func bringToDisk() throws(TransferError) {
        sync()
        guard fsync(descriptor) == 0 else { throw .cannotWrite(path, errno) }
    }

    private static func part(of name: String) -> String {
        ".\(name).part"
    }
}
