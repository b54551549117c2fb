internal import Deliveries

/// The retention times of deliveries, by source, route and state.
///
/// The terms of a route override the terms of a state, and these override the terms of the source. If several reports
/// or states of a delivery have terms, the longest term applies. A legal hold overrides all terms.
package struct Retention: Sendable, Equatable, Codable {
    /// Retention times, counted from the arrival. Nil means forever.
    package struct Terms: Sendable, Equatable, Codable {
        /// The time to keep the body.
        package var keep: Duration?
        /// The time to keep the entry and its reports.
        package var keepMetadata: Duration?

        package init(keep: Duration? = nil, keepMetadata: Duration? = nil) {
            self.keep = keep
            self.keepMetadata = keepMetadata
        }
    }

    /// A state of a delivery that can have terms.
    package enum State: String, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
        case verified, failed, expired, unverified, fetched, unrouted, unrecognised
    }

    /// The terms of one source.
    package struct SourceTerms: Sendable, Equatable, Codable {
        package var terms = Terms()
        /// The terms of routes; the key is a type, `other` or `all`.
        package var routes: [String: Terms] = [:]
        package var states: [State: Terms] = [:]

        package init() {}

        var isEmpty: Bool {
            self == SourceTerms()
        }
    }

    package var sources: [String: SourceTerms]

    package init(sources: [String: SourceTerms] = [:]) {
        self.sources = sources.filter { !$0.value.isEmpty }
    }

    /// True if every delivery is kept forever.
    package var isEmpty: Bool {
        sources.isEmpty
    }

    /// The settings as JSON; equal settings have equal texts.
    package var settings: String {
        String(decoding: RecordJSON.encode(self), as: UTF8.self)
    }

    /// Nil if the text is not valid settings in JSON.
    package init?(settings: String) {
        guard let retention = RecordJSON.decode(Retention.self, from: Array(settings.utf8)) else { return nil }
        self = retention
    }

    /// The properties of a delivery that select its terms.
    package struct Subject {
        package let source: String
        package let verification: String
        /// The type of each report, and the rule of its route.
        package let reports: [(type: String, rule: String?)]

        package init(source: String, verification: String, reports: [(type: String, rule: String?)]) {
            self.source = source
            self.verification = verification
            self.reports = reports
        }
    }

    package func terms(for subject: Subject) -> (keep: Term, keepMetadata: Term) {
        guard let source = sources[subject.source] else { return (.forever, .forever) }
        let reports = subject.reports.isEmpty ? [(type: ReportContent.unrecognisedType, rule: nil)] : subject.reports
        func longest(_ part: (Terms) -> Duration?) -> Term {
            reports.map { source.term(subject.verification, $0.type, $0.rule, part) }.max() ?? .forever
        }
        let (keep, keepMetadata) = (longest(\.keep), longest(\.keepMetadata))
        // If the term of the body is finite, the entry is kept at least as long.
        return (keep, keep.duration != nil && keepMetadata < keep ? keep : keepMetadata)
    }

    /// A retention time and the setting that defines it.
    package struct Term: Comparable, Sendable {
        /// The retention time; nil means forever.
        package let duration: Duration?
        package let origin: String

        static let forever = Term(duration: nil, origin: "no setting")

        package static func < (one: Term, other: Term) -> Bool {
            guard let duration = one.duration else { return false }
            return other.duration.map { duration < $0 } ?? true
        }
    }
}

/// Several retention settings, all of which must allow a removal. During the grace time of new settings the old
/// settings still apply.
package struct EffectiveRetention: Sendable {
    private let retentions: [Retention]

    /// - Parameter retentions: must contain at least one retention.
    package init(_ retentions: [Retention]) {
        self.retentions = retentions
    }

    package func terms(for subject: Retention.Subject) -> (keep: Retention.Term, keepMetadata: Retention.Term) {
        let terms = retentions.map { $0.terms(for: subject) }
        return (terms.map(\.keep).max() ?? .forever, terms.map(\.keepMetadata).max() ?? .forever)
    }

    /// The minimum age at which all retentions may allow a removal; nil if one of them keeps all deliveries forever.
    package var shortest: Duration? {
        let shortest = retentions.map(\.shortest)
        return shortest.contains(nil) ? nil : shortest.compactMap(\.self).max()
    }
}

extension Retention {
    fileprivate var shortest: Duration? {
        sources.values.flatMap { [$0.terms] + $0.routes.values + $0.states.values }
            .flatMap { [$0.keep, $0.keepMetadata] }.compactMap(\.self).min()
    }
}

extension Retention.SourceTerms {
    /// Compares keys as bytes. A dictionary lookup would also find a key in another Unicode normalisation form.
    private func terms(ofRoute key: String) -> Retention.Terms? {
        routes.first { ByteText($0.key) == ByteText(key) }?.value
    }

    fileprivate func term(
        _ verification: String, _ type: String, _ rule: String?, _ part: (Retention.Terms) -> Duration?
    ) -> Retention.Term {
        let key = rule.map { $0 == RouteRule.specific.rawValue ? type : $0 }
        if let key, let duration = terms(ofRoute: key).flatMap(part) {
            return Retention.Term(duration: duration, origin: "route \(key)")
        }
        let states = [
            Retention.State(rawValue: verification), rule == nil ? .unrouted : nil,
            type == ReportContent.unrecognisedType ? .unrecognised : nil,
        ]
        let ofStates = states.compactMap { state -> Retention.Term? in
            guard let state, let duration = self.states[state].flatMap(part) else { return nil }
            return Retention.Term(duration: duration, origin: "state \(state.rawValue)")
        }
        if let longest = ofStates.max() { return longest }
        guard let duration = part(terms) else { return .forever }
        return Retention.Term(duration: duration, origin: "the source")
    }
}
