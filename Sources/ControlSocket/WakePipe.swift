internal import Foundation

/// Wakes a thread that waits in `poll`.
final class WakePipe: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    init() throws(ControlFailure) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw .failed("pipe", errno) }
        (readEnd, writeEnd) = (ends[0], ends[1])
        ends.forEach(ControlAddress.prepare)
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func signal() {
        // If the pipe is full, the thread is already awake.
        _ = write(writeEnd, [1], 1)
    }

    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(readEnd, &bytes, bytes.count) > 0 {}
    }
}
