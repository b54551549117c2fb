internal import Deliveries
internal import Synchronization

/// The `Date` header (RFC 9110 §6.6.1), formatted once a second.
final class DateHeader: Sendable {
    private struct Written {
        var second: Int64 = .min
        var text = ""
    }

    private let written = Mutex(Written())

    func value(at now: Timestamp) -> String {
        let second = now.millisecondsSinceEpoch / 1000
        return written.withLock { written in
            if written.second != second {
                written = Written(second: second, text: now.httpDate)
            }
            return written.text
        }
    }
}
