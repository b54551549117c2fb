internal import Deliveries
internal import Journal
internal import ReportIndex

/// Checks that a browser redirect names a link of the archive. Blocks: not for event loops.
struct ReferredLinks: Sendable {
    /// Query parameters of redirects that name a link, and the key that links have for them.
    private static let parameters = [(parameter: "link_id", key: "linkId"), (parameter: "linkId", key: "linkId")]

    private let reader: ArchiveReader?

    init(_ directory: ArchiveDirectory) {
        reader = try? ArchiveReader(directory)
    }

    func contains(_ target: RequestTarget) -> Bool {
        guard let reader else { return false }
        return Self.parameters.contains { parameter, key in
            guard let value = target.queryValue(named: parameter), !value.isEmpty else { return false }
            return (try? reader.hasLink(withKey: ReportField(key, value))) ?? false
        }
    }
}
