internal import Foundation
internal import Synchronization

/// Checks that the disk has more free space than the reserve for verified deliveries: 256 MiB, or 5 % of a small disk.
///
/// Event loops call this check for every browser redirect, so it calls statvfs(3) at most once a second.
final class FreeSpaceFloor: Sendable {
    private static let byteCount: UInt64 = 256 << 20
    private static let share: UInt64 = 20

    private struct State {
        var isShort = false
        var askedAt: ContinuousClock.Instant?
    }

    private let path: String
    private let state = Mutex(State())

    /// - Parameter path: a file or folder on the archive's disk.
    init(path: String) {
        self.path = path
    }

    func isShort(at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            if let askedAt = state.askedAt, askedAt.duration(to: now) < .seconds(1) { return state.isShort }
            state.askedAt = now
            var status = statvfs()
            // If statvfs(3) fails, commits also fail and report the error.
            guard statvfs(path, &status) == 0 else { return false }
            state.isShort = Self.isShort(
                freeBlockCount: UInt64(status.f_bavail), blockCount: UInt64(status.f_blocks),
                blockByteCount: UInt64(status.f_frsize))
            return state.isShort
        }
    }

    static func isShort(freeBlockCount: UInt64, blockCount: UInt64, blockByteCount: UInt64) -> Bool {
        let floor = min(byteCount / max(1, blockByteCount), blockCount / share)
        return freeBlockCount < floor
    }
}
