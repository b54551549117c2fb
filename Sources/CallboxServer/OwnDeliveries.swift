internal import Intake
internal import Journal
internal import Synchronization

/// Recognises deliveries of an archive by the marks of replays.
final class OwnDeliveries: Sendable {
    private let reader: Mutex<JournalReader?>

    init(_ directory: ArchiveDirectory) {
        reader = Mutex(try? JournalReader(directory.journal))
    }

    /// Closes the archive. Called before the writer closes, because SQLite removes the log of a file with its last
    /// connection.
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
