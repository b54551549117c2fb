package import Deliveries
internal import Foundation
package import Logging
internal import StrictJSON
internal import Synchronization
internal import TerminalOutput

/// Writes log lines on its own queue, because a slow terminal or a full pipe must not block an event loop.
///
/// At most `lineCountLimit` lines wait. Further lines are dropped and counted. The count is logged when the queue has
/// room again.
package final class BackgroundLog: Sendable {
    static let lineCountLimit = 4096

    private struct Pending {
        var lines: [String] = []
        var droppedCount = 0
    }

    private let pending = Mutex(Pending())
    private let queue = DispatchQueue(label: "callbox-log")
    private let write: @Sendable (String) -> Void

    /// - Parameter write: writes whole lines, each with its line break. Only one thread calls `write` at a time.
    package init(write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    package func append(_ line: String) {
        let isFirst = pending.withLock { pending in
            guard pending.lines.count < Self.lineCountLimit else {
                pending.droppedCount += 1
                return false
            }
            pending.lines.append(line)
            return pending.lines.count == 1
        }
        if isFirst { queue.async { self.writePending() } }
    }

    /// Writes all waiting lines before it returns. Called before the process ends.
    package func flush() {
        queue.sync { writePending() }
    }

    private func writePending() {
        let (lines, droppedCount) = pending.withLock { pending in
            defer { pending = Pending() }
            return (pending.lines, pending.droppedCount)
        }
        if !lines.isEmpty { write(lines.joined(separator: "\n") + "\n") }
        if droppedCount > 0 { write("\(droppedCount) log lines were dropped because writing was too slow\n") }
    }
}

/// Formats each log event as one line. A text line contains the time, the level, a constant text, and `key=value` pairs
/// sorted by key. A JSON line is an object with the same members.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let log: BackgroundLog
    private let isJSON: Bool
    private let now: @Sendable () -> Timestamp

    package init(
        level: Logger.Level, isJSON: Bool = false, log: BackgroundLog, now: @escaping @Sendable () -> Timestamp
    ) {
        self.logLevel = level
        self.isJSON = isJSON
        self.log = log
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let pairs = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let level = event.level.rawValue
        if isJSON {
            let members =
                [
                    ("time", now().rfc3339), ("level", level), ("message", "\(event.message)"),
                ] + pairs.map { ($0.key, "\($0.value)") }
            log.append(JSONText.object(members.map { .init($0.0, .string($0.1)) }).compact)
        } else {
            let text = pairs.map { " \($0.key)=\(TerminalText.escape("\($0.value)"))" }.joined()
            let padding = String(repeating: " ", count: max(0, 7 - level.count))
            log.append("\(now().rfc3339) \(level)\(padding) \(event.message)\(text)")
        }
    }
}
