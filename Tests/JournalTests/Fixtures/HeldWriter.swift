import Dispatch
import Foundation

@testable import Journal

/// Keeps a journal's writer busy with a job until it is released. Work queues up behind it.
final class HeldWriter: Sendable {
    private let isHeld = DispatchSemaphore(value: 0)
    private let letGo = DispatchSemaphore(value: 0)

    /// Returns when the writer runs the job.
    init(_ writer: JournalWriter) {
        let thread = Thread { [isHeld, letGo] in
            try? writer.perform { _, _, _ in
                isHeld.signal()
                letGo.wait()
                return .finished
            }
        }
        thread.start()
        isHeld.wait()
    }

    func release() {
        letGo.signal()
    }
}
