internal import Foundation
internal import Synchronization

/// Results on their way out while a read transaction is open. What fits is held back until that has ended; beyond that it is
/// written, but no longer than `isOver` allows: a reader that takes its time, such as a pager, does not keep the transaction.
package final class HeldOutput: Sendable {
    /// The reader was too slow.
    package struct IsOver: Error {}

    /// Held in memory.
    private static let byteCountLimit = 8 << 20
    /// A pipe that takes anything takes this much without waiting (PIPE_BUF, pipe(7)).
    private static let partByteCount = 4096
    private static let pollMilliseconds: Int32 = 100

    private let held = Mutex<[UInt8]>([])
    private let descriptor: Int32
    private let isOver: @Sendable () -> Bool

    package init(descriptor: Int32, isOver: @escaping @Sendable () -> Bool) {
        self.descriptor = descriptor
        self.isOver = isOver
    }

    /// A console whose results are held.
    package func console(like other: Console) -> Console {
        other.writing { [self] text in try write(text) }
    }

    private func write(_ text: String) throws {
        try held.withLock { held in
            held.append(contentsOf: text.utf8)
            guard held.count > Self.byteCountLimit else { return }
            var rest = held[...]
            // What is not written stays, should this end early.
            defer { held = Array(rest) }
            while !rest.isEmpty {
                try waitForRoom()
                try StandardStream.write(Array(rest.prefix(Self.partByteCount)), to: descriptor)
                rest = rest.dropFirst(Self.partByteCount)
            }
        }
    }

    /// Writes what is left, for as long as it takes.
    package func finish() throws {
        try held.withLock { held in
            defer { held = [] }
            try StandardStream.write(held, to: descriptor)
        }
    }

    private func waitForRoom() throws {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // Nothing yet, or a signal came.
        while poll(&request, 1, Self.pollMilliseconds) <= 0 {
            if isOver() { throw IsOver() }
        }
    }
}
