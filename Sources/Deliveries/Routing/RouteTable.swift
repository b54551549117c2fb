/// Which of a source's rules a report matched.
package enum RouteRule: String, Sendable, CaseIterable {
    /// A key that names the report's kind.
    case specific
    /// The key that takes what no specific key names.
    case other
    /// The key that takes everything.
    case all
}

/// The rule a report matched and the box it files into. Boxes are equal if their bytes are.
package struct Route: Hashable, Sendable {
    package let rule: RouteRule
    package let box: String

    package init(rule: RouteRule, box: String) {
        self.rule = rule
        self.box = box
    }

    package static func == (lhs: Route, rhs: Route) -> Bool {
        lhs.rule == rhs.rule && lhs.box.hasSameBytes(as: rhs.box)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rule)
        hasher.combine(ByteText(box))
    }
}

/// The routes of one source, by the rules of Klavi's productsCallbackURL (PROVIDERS.md 1.2), which hold for every provider:
/// specific keys are kinds, `other` takes the rest, `all` takes everything and stands alone.
package struct RouteTable: Sendable, Equatable {
    /// Keys that stand beside `all`, which excludes every other.
    package struct MixedWithAll: Error, Equatable {
        /// The keys in the order they were written.
        package let keys: [String]
    }

    private enum Rules: Sendable, Equatable {
        case all(RouteEntry)
        case byKind(specific: [RouteEntry], other: RouteEntry?)
    }

    private let rules: Rules

    /// A table without rules: everything is archived without a box.
    package static let empty = RouteTable()

    private init() {
        self.rules = .byKind(specific: [], other: nil)
    }

    /// The table for these entries. A key that stands twice counts as written last; a configuration file refuses it earlier.
    package init(_ entries: [RouteEntry]) throws(MixedWithAll) {
        let other = entries.last { $0.key == "other" }
        let specific = entries.filter { $0.key != "all" && $0.key != "other" }
        guard let all = entries.last(where: { $0.key == "all" }) else {
            self.rules = .byKind(specific: specific, other: other)
            return
        }
        guard other == nil, specific.isEmpty else {
            throw MixedWithAll(keys: entries.map(\.key).filter { $0 != "all" })
        }
        self.rules = .all(all)
    }

    /// The route of a kind; nil where no rule takes it, and then it is archived without a box.
    package func route(forKind kind: String) -> Route? {
        switch rules {
        case .all(let all):
            return Route(rule: .all, box: all.box)
        case .byKind(let specific, let other):
            if let entry = specific.last(where: { $0.key.hasSameBytes(as: kind) }) {
                return Route(rule: .specific, box: entry.box)
            }
            return other.map { Route(rule: .other, box: $0.box) }
        }
    }

    /// The keys with their boxes, specific ones first.
    package var entries: [RouteEntry] {
        switch rules {
        case .all(let all): [all]
        case .byKind(let specific, let other): specific + (other.map { [$0] } ?? [])
        }
    }
}

/// One line of a source's routes: a kind, `other` or `all`, and the box.
package struct RouteEntry: Sendable, Equatable {
    package let key: String
    package let box: String

    package init(key: String, box: String) {
        self.key = key
        self.box = box
    }

    package static func == (lhs: RouteEntry, rhs: RouteEntry) -> Bool {
        lhs.key.hasSameBytes(as: rhs.key) && lhs.box.hasSameBytes(as: rhs.box)
    }
}
