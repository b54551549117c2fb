import Foundation

/// Measures the time that the disk needs to make 4 KB durable. This time is the reference for all commits.
enum DiskSync {
    /// Appends 4 KB and calls fdatasync. Repeats this `count` times. Returns the sorted durations in milliseconds.
    static func measure(in folder: URL, count: Int = 1000) throws -> [Double] {
        let path = folder.appending(path: "sync-\(UUID().uuidString)").path()
        let descriptor = open(path, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 0x5a, count: 4096)
        return (0..<count).map { _ in
            let start = Clock.now
            _ = write(descriptor, block, block.count)
            #if os(Linux)
                fdatasync(descriptor)
            #else
                fsync(descriptor)
            #endif
            return Double(Clock.now - start) / 1e6
        }.sorted()
    }

    static func median(in folder: URL) throws -> Double {
        LoadOutcome.percentile(0.5, of: try measure(in: folder))
    }
}
