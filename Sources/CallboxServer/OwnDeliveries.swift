internal import Intake
internal import Journal
internal import Synchronization

/// Recognises replays of deliveries of this archive, by the marks that a replay adds.
final class OwnDeliveries: Sendable {
    private let reader: Mutex<JournalReader?>

    init(_ directory: ArchiveDirectory) {
        reader = Mutex(try? JournalReader(directory.journal))
    }

    /// Closes the read-only connection. Call this function before the writer closes. SQLite removes the write-ahead log
    /// when the last connection closes, and a read-only connection cannot remove it.
    func close() {
        reader.withLock { $0 = nil }
    }

    var check: LoopCheck {
        LoopCheck(header: ReplayMark.header) { [self] value in
            guard let uuid = ReplayMark.delivery(in: value), let reader = reader.withLock({ $0 }) else { return false }
            return (try? reader.hasEntry(uuid)) ?? false
        }
    }
}
