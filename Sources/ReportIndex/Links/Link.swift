package import Deliveries
internal import GRDB
package import Journal

/// An object that was requested from a provider and for which reports are expected: a link, a case or an application.
package struct Link: Sendable, Equatable {
    package let id: LinkID
    package let createdAt: Timestamp
    package let state: LinkState
    package let order: LinkOrder
    /// The reason why the link failed or was dismissed, in a sentence.
    package let note: String?
}

/// The state of a link. The raw values are stored.
package enum LinkState: String, Sendable, CaseIterable {
    /// The request is in progress, or its response is unknown.
    case requested
    case created
    /// The provider rejected the link.
    case failed
    /// The link was cancelled at the provider.
    case cancelled
    /// A user stopped waiting for the link's reports.
    case dismissed

    /// True if reports are expected.
    package var isPending: Bool { self == .requested || self == .created }
}

extension Link {
    static let select = """
        SELECT id, createdAtMilliseconds, provider, api, state, expiresAtMilliseconds, externalInfo, note FROM link
        """

    init(_ row: Row, _ db: Database) throws {
        let id: LinkID = try row.decode(atIndex: 0)
        let keys = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT name, value FROM linkKey WHERE linkId = ? ORDER BY name, value"),
            arguments: [id]
        ).map { ReportField(try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) }
        let expectations = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT type, fieldName, fieldValue FROM linkExpectation WHERE linkId = ?
                    ORDER BY type, fieldName, fieldValue
                    """), arguments: [id]
        ).map { row in
            let name: String = try row.decode(atIndex: 1)
            return LinkExpectation(
                try row.decode(atIndex: 0),
                field: name.isEmpty ? nil : ReportField(name, try row.decode(atIndex: 2)))
        }
        let order = LinkOrder(
            provider: try row.decode(atIndex: 2), api: try row.decode(atIndex: 3), keys: keys,
            expectations: expectations, externalInfo: try row.decode(atIndex: 6), expiresAt: try row.decode(atIndex: 5))
        self.init(
            id: id, createdAt: try row.decode(atIndex: 1), state: try row.decode(atIndex: 4), order: order,
            note: try row.decode(atIndex: 7))
    }
}
