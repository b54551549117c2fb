internal import Dispatch
internal import Foundation

/// Ctrl-C while there is work that can end early with what it has. A second one ends the process at once.
final class Interruption {
    private let source: any DispatchSourceSignal

    /// - Parameter onInterrupt: called once, on a thread of its own.
    init(_ onInterrupt: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            onInterrupt()
            signal(SIGINT, SIG_DFL)
        }
        source.resume()
        self.source = source
    }

    deinit {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
