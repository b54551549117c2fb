internal import Deliveries
internal import Journal

/// How long deliveries are kept: for each source, its routes and the states that deliveries are in.
///
/// A route's own terms go before those of a state, a state's before the source's. Where several reports or states of one
/// delivery have terms, the longest hold. A legal hold goes before all of them.
package struct Retention: Sendable, Equatable, Codable {
    /// How long after its arrival a delivery's parts are kept; nil for ever.
    package struct Terms: Sendable, Equatable, Codable {
        /// The body.
        package var keep: Duration?
        /// Everything else: the row of the journal, its hash, what the delivery said.
        package var keepMetadata: Duration?

        package init(keep: Duration? = nil, keepMetadata: Duration? = nil) {
            self.keep = keep
            self.keepMetadata = keepMetadata
        }
    }

    /// A state of a delivery that terms can be given for.
    package enum State: String, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
        case verified, failed, expired, unverified, fetched, unrouted, unrecognised
    }

    /// The terms of one source.
    package struct SourceTerms: Sendable, Equatable, Codable {
        package var terms = Terms()
        /// By the route's key: a type, `other` or `all`.
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

    /// Whether everything is kept for ever.
    package var isEmpty: Bool {
        sources.isEmpty
    }

    /// The settings as text; equal settings have equal texts.
    package var settings: String {
        String(decoding: RecordJSON.encode(self), as: UTF8.self)
    }

    /// Settings that were recorded; nil for a text that is none.
    package init?(settings: String) {
        guard let retention = RecordJSON.decode(Retention.self, from: Array(settings.utf8)) else { return nil }
        self = retention
    }

    /// What retention considers of a delivery.
    struct Subject {
        let source: String
        let verification: String
        /// Of each report: its type, and the rule that filed it.
        let reports: [(type: String, rule: String?)]
    }

    /// How long each part of a delivery is kept.
    func terms(for subject: Subject) -> (keep: Term, keepMetadata: Term) {
        guard let source = sources[subject.source] else { return (.forever, .forever) }
        let reports = subject.reports.isEmpty ? [(type: ReportContent.unrecognisedType, rule: nil)] : subject.reports
        func longest(_ part: (Terms) -> Duration?) -> Term {
            reports.map { source.term(subject.verification, $0.type, $0.rule, part) }.max() ?? .forever
        }
        let (keep, keepMetadata) = (longest(\.keep), longest(\.keepMetadata))
        // A body is not kept without its entry: if its time is longer, both stay that long.
        return (keep, keep.duration != nil && keepMetadata < keep ? keep : keepMetadata)
    }

    /// A time to keep something, and whose it is.
    struct Term: Comparable {
        /// Nil for ever.
        let duration: Duration?
        /// In words, for the reason that is kept.
        let origin: String

        static let forever = Term(duration: nil, origin: "nothing says otherwise")

        static func < (one: Term, other: Term) -> Bool {
            guard let duration = one.duration else { return false }
            return other.duration.map { duration < $0 } ?? true
        }
    }
}

/// Retention settings that hold together: something is removed only if all of them say so. While new settings wait for their grace
/// time, the old ones hold too.
package struct EffectiveRetention: Sendable {
    private let retentions: [Retention]

    /// - Parameter retentions: at least one.
    package init(_ retentions: [Retention]) {
        self.retentions = retentions
    }

    func terms(for subject: Retention.Subject) -> (keep: Retention.Term, keepMetadata: Retention.Term) {
        let terms = retentions.map { $0.terms(for: subject) }
        return (terms.map(\.keep).max() ?? .forever, terms.map(\.keepMetadata).max() ?? .forever)
    }

    /// The shortest time after which anything may be removed; nil when everything is kept forever.
    var shortest: Duration? {
        let shortest = retentions.map(\.shortest)
        return shortest.contains(nil) ? nil : shortest.compactMap(\.self).max()
    }
}

extension Retention.SourceTerms {
    /// By bytes: a dictionary finds other spellings of a key too.
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
        return Retention.Term(duration: duration, origin: "its source")
    }
}
