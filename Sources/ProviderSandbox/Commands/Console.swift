internal import Foundation

/// Where the commands write, passed in so that tests can read along.
package struct Console: Sendable {
    /// Writes text and a line end to standard output, at once.
    package let print: @Sendable (String) throws(SandboxFailure) -> Void
    /// Writes text and a line end to standard error.
    package let warn: @Sendable (String) -> Void

    /// The process's own streams, unbuffered: a reader of a pipe sees each line when it is written.
    package static let standard = Console(
        print: { text throws(SandboxFailure) in
            do {
                try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
            } catch {
                throw .outputClosed
            }
        },
        warn: { text in
            // Where standard error is closed there is nobody left to tell.
            try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
        })
}
