/// The rule of a source that a report matched.
package enum RouteRule: String, Sendable, CaseIterable {
    /// The key that names the report's type.
    case specific
    /// The key `other`: types that no specific key names.
    case other
    /// The key `all`.
    case all
}

/// The rule that a report matched, and its topic. Topics are equal if their bytes are.
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

/// The routes of a source, by the rules of a productsCallbackURL (klavi-reference: Callback URL rules), which apply to
/// every provider: specific keys are types, `other` has the remaining types, `all` has every type and excludes other
/// keys.
package struct RouteTable: Sendable, Equatable {
    /// `all` and other keys are in the same table.
    package struct MixedWithAll: Error, Equatable {
        /// The other keys, in order.
        package let keys: [String]
    }

    /// A table without rules: reports have no topic.
    package static let empty = RouteTable()

    /// Specific keys first.
    package let entries: [RouteEntry]

    private init() { entries = [] }

    /// The last entry of a repeated key counts; a configuration file rejects repeated keys earlier.
    package init(_ entries: [RouteEntry]) throws(MixedWithAll) {
        guard let all = entries.last(where: { $0.key == "all" }) else {
            self.entries = entries.filter { $0.key != "other" } + entries.filter { $0.key == "other" }.suffix(1)
            return
        }
        let others = entries.map(\.key).filter { $0 != "all" }
        guard others.isEmpty else { throw MixedWithAll(keys: others) }
        self.entries = [all]
    }

    /// The route of a type; nil if no rule matches.
    package func route(forType type: String) -> Route? {
        let isRule = { (entry: RouteEntry) in ["all", "other"].contains(entry.key) }
        if let entry = entries.last(where: { !isRule($0) && $0.key.hasSameBytes(as: type) }) {
            return Route(rule: .specific, topic: entry.topic)
        }
        return entries.last(where: isRule).map { Route(rule: $0.key == "all" ? .all : .other, topic: $0.topic) }
    }
}

/// A route in the configuration: a type, `other` or `all`, and the topic.
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
