package import Logging
internal import Synchronization

/// Log lines in memory. Each has a level, a message, and metadata sorted by key.
package final class RecordedLog: Sendable {
    private let kept = Mutex<[String]>([])
    private let onLine: @Sendable (String) -> Void

    /// - Parameter onLine: called after each line.
    package init(onLine: @escaping @Sendable (String) -> Void = { _ in }) {
        self.onLine = onLine
    }

    package var lines: [String] {
        kept.withLock { $0 }
    }

    package func logger(level: Logger.Level = .trace) -> Logger {
        Logger(label: "test") { _ in Handler(logLevel: level, log: self) }
    }

    private func append(_ line: String) {
        kept.withLock { $0.append(line) }
        onLine(line)
    }

    private struct Handler: LogHandler {
        var logLevel: Logger.Level
        var metadata: Logger.Metadata = [:]
        let log: RecordedLog

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            log.append("\(event.level) \(event.message)\(pairs)")
        }
    }
}
