internal import Deliveries
internal import Journal
internal import ReportIndex
internal import Synchronization

/// Checks that a browser redirect names a link of the archive. Blocks, so it must not run on an event loop.
final class ReferredLinks: Sendable {
    /// The query parameters of a redirect that name a link, and the link key that each of them contains.
    private static let parameters = [(parameter: "link_id", key: "linkId"), (parameter: "linkId", key: "linkId")]

    private let reader: Mutex<ArchiveReader?>

    init(_ directory: ArchiveDirectory) {
        reader = Mutex(try? ArchiveReader(directory))
    }

    /// Closes the read-only connection. Call this function before the writer closes. SQLite removes the write-ahead log
    /// when the last connection closes, and a read-only connection cannot remove it.
    func close() {
        reader.withLock { $0 = nil }
    }

    func contains(_ target: RequestTarget) -> Bool {
        guard let reader = reader.withLock({ $0 }) else { return false }
        return Self.parameters.contains { parameter, key in
            guard let value = target.queryValue(named: parameter), !value.isEmpty else { return false }
            return (try? reader.hasLink(withKey: ReportField(key, value))) ?? false
        }
    }
}
