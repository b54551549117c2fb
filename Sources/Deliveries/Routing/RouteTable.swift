/// Which of a source's rules a report matched.
package enum RouteRule: String, Sendable, CaseIterable {
    /// A key that names the report's type.
    case specific
    /// The key that takes what no specific key names.
    case other
    /// The key that takes everything.
    case all
}

/// The rule a report matched and the topic it files into. Topics are equal if their bytes are.
package struct Route: Hashable, Sendable {
    package let rule: RouteRule
    package let topic: String

    package init(rule: RouteRule, topic: String) {
        self.rule = rule
        self.topic = topic
    }

    package static func == (lhs: Route, rhs: Route) -> Bool {
        lhs.rule == rhs.rule && lhs.topic.hasSameBytes(as: rhs.topic)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rule)
        hasher.combine(ByteText(topic))
    }
}

/// The routes of one source, by the rules of a productsCallbackURL (klavi-reference: Callback URL rules), which hold
/// for every provider: specific keys are types, `other` takes the rest, `all` takes everything and stands alone.
package struct RouteTable: Sendable, Equatable {
    /// Keys that stand beside `all`, which excludes every other.
    package struct MixedWithAll: Error, Equatable {
        /// The keys in the order they were written.
        package let keys: [String]
    }

    private enum Rules: Sendable, Equatable {
        case all(RouteEntry)
        case byType(specific: [RouteEntry], other: RouteEntry?)
    }

    private let rules: Rules

    /// A table without rules: everything is archived without a topic.
    package static let empty = RouteTable()

    private init() {
        self.rules = .byType(specific: [], other: nil)
    }

    /// The table for these entries. A key that stands twice counts as written last; a configuration file rejects it earlier.
    package init(_ entries: [RouteEntry]) throws(MixedWithAll) {
        let other = entries.last { $0.key == "other" }
        let specific = entries.filter { $0.key != "all" && $0.key != "other" }
        guard let all = entries.last(where: { $0.key == "all" }) else {
            self.rules = .byType(specific: specific, other: other)
            return
        }
        guard other == nil, specific.isEmpty else {
            throw MixedWithAll(keys: entries.map(\.key).filter { $0 != "all" })
        }
        self.rules = .all(all)
    }

    /// The route of a type; nil where no rule takes it, and then it is archived without a topic.
    package func route(forType type: String) -> Route? {
        switch rules {
        case .all(let all):
            return Route(rule: .all, topic: all.topic)
        case .byType(let specific, let other):
            if let entry = specific.last(where: { $0.key.hasSameBytes(as: type) }) {
                return Route(rule: .specific, topic: entry.topic)
            }
            return other.map { Route(rule: .other, topic: $0.topic) }
        }
    }

    /// The keys with their topics, specific ones first.
    package var entries: [RouteEntry] {
        switch rules {
        case .all(let all): [all]
        case .byType(let specific, let other): specific + (other.map { [$0] } ?? [])
        }
    }
}

/// One line of a source's routes: a type, `other` or `all`, and the topic.
package struct RouteEntry: Sendable, Equatable {
    package let key: String
    package let topic: String

    package init(key: String, topic: String) {
        self.key = key
        self.topic = topic
    }

    package static func == (lhs: RouteEntry, rhs: RouteEntry) -> Bool {
        lhs.key.hasSameBytes(as: rhs.key) && lhs.topic.hasSameBytes(as: rhs.topic)
    }
}
