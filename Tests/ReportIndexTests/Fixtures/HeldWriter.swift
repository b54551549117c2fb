import Dispatch
import Foundation

@testable import ReportArchive

/// Keeps an archive's writer busy with a job until it is let go, so that work piles up behind it.
final class HeldWriter: Sendable {
    private let isHeld = DispatchSemaphore(value: 0)
    private let letGo = DispatchSemaphore(value: 0)

    /// Returns once the writer is at the job.
    init(_ writer: ArchiveWriter) {
        let thread = Thread { [isHeld, letGo] in
            try? writer.perform { _ in
                isHeld.signal()
                letGo.wait()
            }
        }
        thread.start()
        isHeld.wait()
    }

    func release() {
        letGo.signal()
    }
}
