internal import Foundation
internal import Synchronization

/// A POSIX thread that its owner joins. Foundation's `Thread` is detached and cannot be joined.
final class OwnedThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Nil after `join()`.
    private let handle: Mutex<pthread_t?>

    init(_ run: @escaping @Sendable () -> Void) throws(ControlFailure) {
        let body = Unmanaged.passRetained(Body(run))
        #if canImport(Darwin)
            var created: pthread_t?
        #else
            var created = pthread_t()
        #endif
        let code = pthread_create(
            &created, nil,
            { argument in
                guard let argument = argument as UnsafeMutableRawPointer? else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            throw .failed("pthread_create", code)
        }
        handle = Mutex(created)
    }

    deinit {
        handle.withLock { assert($0 == nil, "a thread was not joined") }
    }

    /// Returns when the thread has ended.
    func join() {
        let joined = handle.withLock { $0.take() }
        if let joined { pthread_join(joined, nil) }
    }
}

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
        // A full pipe has woken the thread already.
        _ = write(writeEnd, [1], 1)
    }

    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(readEnd, &bytes, bytes.count) > 0 {}
    }
}
