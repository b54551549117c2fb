internal import Foundation
internal import TestKit

/// Keeps a writer's thread busy with a job until the thread is released. All other work of the writer waits.
package final class HeldThread: Sendable {
    private let isReleased = Pending<Bool>.event()

    /// Returns when the thread has started the job.
    ///
    /// - Parameter perform: runs a job on the thread and waits until the job ends.
    package init(_ perform: @escaping @Sendable (_ job: @escaping @Sendable () throws -> Void) throws -> Void) throws {
        let isHeld = Pending<Bool>.event()
        Thread.detachNewThread { [isReleased] in
            try? perform {
                isHeld.happen()
                try isReleased.wait()
            }
        }
        try isHeld.wait()
    }

    package func release() {
        isReleased.happen()
    }
}
