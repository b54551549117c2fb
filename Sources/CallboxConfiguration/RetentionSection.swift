internal import Deliveries
internal import Journal
internal import ReportIndex
internal import Yams

/// Reads the retention times of deliveries: `keep` and `keep-metadata` of a source, of its routes and of its states.
enum RetentionSection {
    static let keys = ["keep", "keep-metadata"]

    /// The retention times of a source and its states. The retention times of its routes are read together with the
    /// routes.
    static func read(_ section: YAMLMapping) -> Retention.SourceTerms {
        var source = Retention.SourceTerms()
        source.terms = terms(section)
        guard let states = section.mapping("states") else { return source }
        states.rejectUnknownKeys(Retention.State.allCases.map(\.rawValue))
        for key in states.keys {
            guard let state = Retention.State(rawValue: key) else { continue }
            guard states.node(key)?.null == nil else {
                states.reject(key, "must contain 'keep' or 'keep-metadata'")
                continue
            }
            guard let mapping = states.mapping(key) else { continue }
            mapping.rejectUnknownKeys(keys)
            source.states[state] = terms(mapping)
        }
        return source
    }

    static func terms(_ section: YAMLMapping) -> Retention.Terms {
        let expected = "a duration such as 180d or 5y"
        let terms = Retention.Terms(
            keep: section.value("keep", expected, duration),
            keepMetadata: section.value("keep-metadata", expected, duration))
        if let keepMetadata = terms.keepMetadata, let keep = terms.keep, keepMetadata < keep {
            section.reject("keep-metadata", "must be at least as long as 'keep'")
        }
        return terms
    }

    /// Parses a duration as `Quantity` does, or a number of years of 365 days.
    private static func duration(_ text: String) -> Duration? {
        if text.hasSuffix("y"), let years = DecimalText.nonNegative(text.dropLast().utf8), (1...100).contains(years) {
            return .seconds(years * 365 * 86_400)
        }
        return Quantity.duration(text).flatMap { $0 > .zero ? $0 : nil }
    }
}
