import Foundation
import Journal
import Synchronization

/// Counts the pages that a server writes to the write-ahead log of its journal. Reads the frame count in the header of
/// the `-shm` file (sqlite.org/walformat.html §2.2). Between two samples, the count can miss only pages that the server
/// writes just before the log restarts.
final class LogWatch: Sendable {
    private static let intervalMicroseconds: UInt32 = 500
    /// The offset of `mxFrame` in the header of the log's index file.
    private static let frameCountOffset: off_t = 16

    private let descriptor: Int32
    private let pageCount = Atomic(0)
    private let isStopping = Atomic(false)
    private let hasEnded = DispatchSemaphore(value: 0)

    /// - Parameter archive: the directory of the archive.
    init(_ archive: URL) throws {
        descriptor = open(ArchiveDirectory(path: archive.path()).journal.path + "-shm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Tool.Failed(description: "the journal has no -shm") }
        let thread = Thread { [self] in
            var last = frameCount()
            while !isStopping.load(ordering: .acquiring) {
                usleep(Self.intervalMicroseconds)
                let count = frameCount()
                pageCount.wrappingAdd(count < last ? count : count - last, ordering: .relaxed)
                last = count
            }
            hasEnded.signal()
        }
        thread.name = "log watch"
        thread.start()
    }

    /// Stops counting. Returns the number of pages written since the start.
    func stop() -> Int {
        isStopping.store(true, ordering: .releasing)
        hasEnded.wait()
        close(descriptor)
        return pageCount.load(ordering: .relaxed)
    }

    private func frameCount() -> Int {
        var count: UInt32 = 0
        return pread(descriptor, &count, 4, Self.frameCountOffset) == 4 ? Int(count) : 0
    }
}
