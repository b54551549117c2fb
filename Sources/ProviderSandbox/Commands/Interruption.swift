internal import Dispatch
internal import Foundation

/// SIGINT and SIGTERM as elements of a stream, instead of the end of the process.
enum Interruption {
    /// Watches for the signals while the body runs.
    static func watching<Value>(_ body: (AsyncStream<Void>) async throws -> Value) async rethrows -> Value {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield() }
            source.activate()
            return source
        }
        defer {
            for source in sources { source.cancel() }
        }
        return try await body(stream)
    }
}
