/// The kind of route that a report matched.
package enum RouteRule: String, Sendable, CaseIterable {
    /// A key that is the type of the report.
    case specific
    /// The key `other`, for types without a specific key.
    case other
    /// The key `all`, for all types.
    case all
}

/// The rule that a report matched, and its topic. Topics are compared by their bytes.
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

/// The routes of a source. They follow the rules of a productsCallbackURL (klavi-reference: Callback URL rules) for all
/// providers: a specific key is a type, `other` is for the remaining types, and `all` is for all types and excludes
/// other keys.
package struct RouteTable: Sendable, Equatable {
    /// The table contains both `all` and other keys.
    package struct MixedWithAll: Error, Equatable {
        /// The keys besides `all`, in order.
        package let keys: [String]
    }

    /// A table without rules, so reports have no topic.
    package static let empty = RouteTable()

    /// The entries, with specific keys first.
    package let entries: [RouteEntry]

    private init() { entries = [] }

    /// Creates a table. If several entries have the same key, the last entry is used. In a configuration file, a
    /// repeated key is an error.
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
