/// The reports of a delivery.
package struct ParsedDelivery: Sendable, Equatable {
    /// The reports in the order of the delivery. Never empty: an unreadable delivery is one `unrecognised` report.
    package let reports: [ReportContent]

    package init(reports: [ReportContent]) {
        self.reports = reports
    }
}

/// A report: the content of a delivery or of one element of it.
package struct ReportContent: Sendable, Equatable, Codable {
    /// The type of a report that the adapter could not read.
    package static let unrecognisedType = "unrecognised"
    /// The type of an unverified browser redirect.
    package static let redirectType = "redirect"

    /// The name of the API.
    package let provider: String
    /// The provider's name for the type, such as `pf_checking_account` or `CASE_STATUS_CHANGED`.
    package let type: String
    /// Equal in two deliveries of the same report from one source. The second delivery then counts as another attempt.
    package let dedupeKey: String
    /// The provider's time of the report.
    package let providerTime: Timestamp?
    /// JSON text that the customer passed at creation and the provider returns.
    package let externalInfo: String?
    /// Indexed values: identifiers of the provider and the leaves of externalInfo.
    package let fields: [ReportField]
    /// Describes what could not be read or was left out.
    package let problem: String?

    /// The member names in a summary of a pruned delivery.
    private enum CodingKeys: String, CodingKey {
        case provider
        case type = "type"
        case dedupeKey
        case providerTime
        case externalInfo
        case fields
        case problem
    }

    package init(
        provider: String, type: String, dedupeKey: String, providerTime: Timestamp? = nil, externalInfo: String? = nil,
        fields: [ReportField] = [], problem: String? = nil
    ) {
        self.provider = provider
        self.type = type
        self.dedupeKey = dedupeKey
        self.providerTime = providerTime
        self.externalInfo = externalInfo
        self.fields = fields
        self.problem = problem
    }
}

/// An indexed name and value of a report. Two fields are equal if the bytes of their names and values are.
package struct ReportField: Hashable, Sendable, Codable {
    /// The provider's own spelling (`linkId`), or `externalInfo.` and the path of a leaf.
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package static func == (lhs: ReportField, rhs: ReportField) -> Bool {
        lhs.name.hasSameBytes(as: rhs.name) && lhs.value.hasSameBytes(as: rhs.value)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ByteText(name))
        hasher.combine(ByteText(value))
    }
}
