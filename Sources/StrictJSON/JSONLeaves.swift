/// The values of a JSON text that hold no others, in order, each with where it stands.
package struct JSONLeaves: Sequence, IteratorProtocol, Sendable {
    /// A string, number, `true`, `false` or `null`, or an array or object without content.
    package struct Leaf: Sendable {
        package let value: JSONValue
        private let levels: [Level]

        fileprivate init(value: JSONValue, levels: [Level]) {
            self.value = value
            self.levels = levels
        }

        /// As `JSONPath` reads it.
        package var path: String {
            levels.reduce(into: "$") { path, level in
                switch level {
                case .array(_, let index): path += "[\(index)]"
                case .object(_, let name): path += JSONPath.step(toMember: name)
                }
            }
        }
    }

    fileprivate enum Level: Sendable {
        case array(JSONElements, index: Int)
        case object(JSONMembers, name: String)
    }

    private var levels: [Level] = []
    private var root: JSONValue?

    package init(_ document: JSONDocument) {
        root = document.root
    }

    package mutating func next() -> Leaf? {
        if let root {
            self.root = nil
            if let leaf = enter(root) { return leaf }
        }
        while let level = levels.popLast() {
            switch level {
            case .array(var elements, let index):
                guard let value = elements.next() else { continue }
                levels.append(.array(elements, index: index + 1))
                if let leaf = enter(value) { return leaf }
            case .object(var members, _):
                guard let member = members.next() else { continue }
                levels.append(.object(members, name: member.name))
                if let leaf = enter(member.value) { return leaf }
            }
        }
        return nil
    }

    /// Opens what holds values; anything else is a leaf where we stand.
    private mutating func enter(_ value: JSONValue) -> Leaf? {
        var (elements, members) = (value.elements, value.members)
        if elements.next() != nil {
            levels.append(.array(value.elements, index: -1))
        } else if members.next() != nil {
            levels.append(.object(value.members, name: ""))
        } else {
            return Leaf(value: value, levels: levels)
        }
        return nil
    }
}
