/// The result of parsing a delivery.
package struct ParsedDelivery: Sendable, Equatable {
    /// The reports in the order of the delivery, at least one. A delivery that cannot be read has one `unrecognised`
    /// report.
    package let reports: [ReportContent]

    package init(reports: [ReportContent]) {
        self.reports = reports
    }
}

/// A report: the content of a delivery, or of one element of a delivery.
package struct ReportContent: Sendable, Equatable, Codable {
    /// The type of a report that the provider's parser could not read.
    package static let unrecognisedType = "unrecognised"
    /// The type of an unverified browser redirect.
    package static let redirectType = "redirect"

    /// The name of the API that sent the report.
    package let provider: String
    /// The provider's name for the type, such as `pf_checking_account` or `CASE_STATUS_CHANGED`.
    package let type: String
    /// The key that identifies the report. If two deliveries of a source have a report with the same key, the second
    /// delivery counts as another attempt.
    package let dedupeKey: String
    /// The time of the report according to the provider.
    package let providerTime: Timestamp?
    /// The JSON text that the customer gave the provider and that the provider returns.
    package let externalInfo: String?
    /// The indexed values: the provider's identifiers and the leaf values of externalInfo.
    package let fields: [ReportField]
    /// Describes the parts that could not be read or were omitted.
    package let problem: String?

    /// The names of members in a summary of a pruned delivery. They are stored, so they must not change.
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

/// An indexed name and value of a report. Two fields are equal if their names and values have the same bytes.
package struct ReportField: Hashable, Sendable, Codable {
    /// The provider's spelling of the name (`linkId`), or `externalInfo.` and the path of a leaf.
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
