package import Deliveries

/// The ID of a link: the position of its `LinkOrder`.
package struct LinkID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package var description: String { String(rawValue) }
}

/// A link, case or application that was requested from a provider. Recorded before the request, because the order must
/// be known even if the provider's response is lost.
package struct LinkOrder: Sendable, Equatable, Codable {
    /// The name of the API.
    package var provider: String
    /// The base URL of the API.
    package var api: String
    /// The fields that identify reports of this link, for example `linkId`, and the leaf values of the external info.
    package var keys: [ReportField]
    package var expectations: [LinkExpectation]
    /// The external info, a JSON object.
    package var externalInfo: String?
    /// The time at which the link expires at the provider.
    package var expiresAt: Timestamp?

    package init(
        provider: String, api: String, keys: [ReportField] = [], expectations: [LinkExpectation] = [],
        externalInfo: String? = nil, expiresAt: Timestamp? = nil
    ) {
        self.provider = provider
        self.api = api
        self.keys = keys
        self.expectations = expectations
        self.externalInfo = externalInfo
        self.expiresAt = expiresAt
    }
}

/// A report that is expected for a link: its type and, if the type is not specific enough, a field.
package struct LinkExpectation: Hashable, Sendable, Codable, CustomStringConvertible {
    package let type: String
    package let field: ReportField?

    package init(_ type: String, field: ReportField? = nil) {
        self.type = type
        self.field = field
    }

    /// Parses `pf_checking_account` or `applicant:report_status=COMPLETE`. Nil for any other form.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let type = parts.first, !type.isEmpty else { return nil }
        guard parts.count == 2 else {
            self.init(String(type), field: nil)
            return
        }
        let field = parts[1].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard field.count == 2, !field[0].isEmpty else { return nil }
        self.init(String(type), field: ReportField(String(field[0]), String(field[1])))
    }

    package var description: String {
        field.map { "\(type):\($0.name)=\($0.value)" } ?? type
    }
}

package struct LinkChangeRecord: Sendable, Equatable, Codable {
    package let link: LinkID
    package let change: LinkChange

    package init(link: LinkID, change: LinkChange) {
        self.link = link
        self.change = change
    }
}

package enum LinkChange: Sendable, Equatable, Codable {
    /// The provider created the link with these keys.
    case created(keys: [ReportField], expiresAt: Timestamp?)
    /// The provider rejected the link.
    case failed(note: String)
    /// The link was cancelled at the provider.
    case cancelled
    /// A person stopped waiting for reports of the link.
    case dismissed(note: String)
    /// The link's expiry changed.
    case rescheduled(expiresAt: Timestamp)
}
