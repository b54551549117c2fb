internal import Foundation
internal import Synchronization

/// Holds back results while a read transaction is open, because a slow reader such as a pager must not keep the
/// transaction open. Results beyond the memory limit are written at once. If the output is still blocked when `isOver`
/// is true, writing throws `IsOver`.
package final class HeldOutput: Sendable {
    package struct IsOver: Error {}

    /// The maximum number of bytes to hold in memory.
    private static let byteCountLimit = 8 << 20
    /// The number of bytes that a writable pipe accepts without blocking (PIPE_BUF, pipe(7)).
    private static let partByteCount = 4096
    private static let pollMilliseconds: Int32 = 100

    private let held = Mutex<[UInt8]>([])
    private let descriptor: Int32
    private let isOver: @Sendable () -> Bool

    package init(descriptor: Int32, isOver: @escaping @Sendable () -> Bool) {
        self.descriptor = descriptor
        self.isOver = isOver
    }

    /// A console whose results are held back.
    package func console(like other: Console) -> Console {
        other.writing { [self] text in try write(text) }
    }

    private func write(_ text: String) throws {
        try held.withLock { held in
            held.append(contentsOf: text.utf8)
            guard held.count > Self.byteCountLimit else { return }
            var rest = held[...]
            // If a write fails, the rest stays in memory.
            defer { held = Array(rest) }
            while !rest.isEmpty {
                try waitForRoom()
                try StandardStream.write(Array(rest.prefix(Self.partByteCount)), to: descriptor)
                rest = rest.dropFirst(Self.partByteCount)
            }
        }
    }

    /// Writes all remaining results, without a time limit.
    package func finish() throws {
        try held.withLock { held in
            defer { held = [] }
            try StandardStream.write(held, to: descriptor)
        }
    }

    private func waitForRoom() throws {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // `poll` timed out, or a signal interrupted it.
        while poll(&request, 1, Self.pollMilliseconds) <= 0 {
            if isOver() { throw IsOver() }
        }
    }
}
