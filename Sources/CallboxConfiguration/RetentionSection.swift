internal import Deliveries
internal import Journal
internal import ReportIndex

/// Reads how long deliveries are kept: `keep` and `keep-metadata` of a source, of its routes and of states.
enum RetentionSection {
    static let keys = ["keep", "keep-metadata"]

    /// The terms that stand in a source's section, but for those of its routes.
    static func read(_ section: YAMLMapping) throws(ConfigurationError) -> Retention.SourceTerms {
        var source = Retention.SourceTerms()
        source.terms = try terms(section)
        guard let states = try section.mapping("states") else { return source }
        try states.rejectUnknownKeys(Retention.State.allCases.map(\.rawValue))
        for key in states.keys {
            guard let state = Retention.State(rawValue: key), let mapping = try states.mapping(key) else {
                throw states.invalid(key, "has to hold 'keep' or 'keep-metadata'")
            }
            try mapping.rejectUnknownKeys(keys)
            source.states[state] = try terms(mapping)
        }
        return source
    }

    static func terms(_ section: YAMLMapping) throws(ConfigurationError) -> Retention.Terms {
        let terms = Retention.Terms(
            keep: try section.value("keep", expected, duration),
            keepMetadata: try section.value("keep-metadata", expected, duration))
        if let keepMetadata = terms.keepMetadata, let keep = terms.keep, keepMetadata < keep {
            throw section.invalid("keep-metadata", "is shorter than 'keep': a body is not kept without its delivery")
        }
        return terms
    }

    private static let expected = "a time such as 180d or 5y"

    /// As `Quantity` reads it, and years of 365 days.
    private static func duration(_ text: String) -> Duration? {
        if text.hasSuffix("y"), let years = DecimalText.nonNegative(text.dropLast().utf8), (1...100).contains(years) {
            return .seconds(years * 365 * 86_400)
        }
        return Quantity.duration(text).flatMap { $0 > .zero ? $0 : nil }
    }
}
