internal import Foundation
internal import Synchronization

/// The right to write to an archive, held by one process at a time and given back by the kernel when it ends, however.
final class ArchiveLock: Sendable {
    /// Nil once the lock was given back.
    private let descriptor: Mutex<Int32?>

    /// Takes the lock or says who has it; never waits.
    init(_ location: ArchiveLocation) throws(ArchiveError) {
        let descriptor = open(location.lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: location.lockPath, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var text = [UInt8](repeating: 0, count: 16)
            let count = max(0, pread(descriptor, &text, text.count, 0))
            close(descriptor)
            let holder = String(decoding: text.prefix(count).prefix { $0 != 0x0a }, as: UTF8.self)
            throw .heldByAnother(path: location.path, processID: Int32(holder))
        }
        let text = Array("\(getpid())\n".utf8)
        // The number is for people; the lock itself is the kernel's, so a failure to write it does not matter.
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
        self.descriptor = Mutex(descriptor)
    }

    /// Gives the lock back before the process ends. Not by closing alone: a child that was forked meanwhile and has not become
    /// another program yet holds the same open file, and with it the lock.
    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor {
                flock(open, LOCK_UN)
                close(open)
            }
            descriptor = nil
        }
    }

    deinit {
        release()
    }
}
