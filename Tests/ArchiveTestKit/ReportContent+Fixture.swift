package import Deliveries

extension ReportContent {
    /// A report with defaults for all properties, so tests pass only relevant properties.
    package static func fixture(
        provider: String = "klavi", type: String = "link_created", key: String = "key", providerTime: Timestamp? = nil,
        externalInfo: String? = nil, fields: [ReportField] = [], problem: String? = nil
    ) -> ReportContent {
        ReportContent(
            provider: provider, type: type, dedupeKey: key, providerTime: providerTime, externalInfo: externalInfo,
            fields: fields, problem: problem)
    }
}
