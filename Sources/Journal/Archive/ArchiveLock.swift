internal import Foundation
internal import Synchronization

/// The right to write to an archive, held by one process at a time. The kernel releases the lock when the process ends.
///
/// The lock is `flock(2)` on the directory. A lock file would not be safe: if a locked file is removed and created
/// again, two processes can each hold a lock. The file `lock` only names the holder.
final class ArchiveLock: Sendable {
    /// The descriptor of the directory; nil after `release`.
    private let descriptor: Mutex<Int32?>

    /// Takes the lock. If another process holds it, fails at once with the ID of that process.
    ///
    /// - Throws: `onNetwork` for a directory on another machine, where locks and syncs are not reliable.
    init(_ directory: ArchiveDirectory, mounts: MountTable = .current) throws(ArchiveError) {
        if let type = directory.resolvedPath.flatMap(mounts.type), MountTable.isNetwork(type) {
            throw .onNetwork(path: directory.path, fileSystem: type)
        }
        let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(directory.path, toWrite: false) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .system(directory.path, code) }
            throw .heldByAnother(path: directory.path, processID: Self.holder(directory))
        }
        self.descriptor = Mutex(descriptor)
        Self.writeHolder(directory)
    }

    /// Unlocks before closing the descriptor. Closing is not enough: a forked child that has not yet called `exec`
    /// shares the open file description and its lock.
    func release() {
        descriptor.withLock { descriptor in
            guard let open = descriptor.take() else { return }
            flock(open, LOCK_UN)
            close(open)
        }
    }

    deinit {
        release()
    }

    private static func holder(_ directory: ArchiveDirectory) -> Int32? {
        let file = open(directory.lockPath, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 16)
        let count = max(0, pread(file, &text, text.count, 0))
        return Int32(String(decoding: text.prefix(count).prefix { $0 != 0x0a }, as: UTF8.self))
    }

    /// Writes the ID of this process to the file `lock`. Ignores a failure, because the file only informs people.
    private static func writeHolder(_ directory: ArchiveDirectory) {
        let file = open(directory.lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(file, 0)
        _ = pwrite(file, text, text.count, 0)
    }
}
