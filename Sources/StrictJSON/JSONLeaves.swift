/// The values of a JSON text that contain no other values, in order, each with its path.
package struct JSONLeaves: Sequence, IteratorProtocol, Sendable {
    /// A string, number, `true`, `false` or `null`, or an empty array or object.
    package struct Leaf: Sendable {
        package let value: JSONValue
        fileprivate let levels: [Level]

        /// The path, in the form that `JSONPath` parses.
        package var path: String { levels.reduce("$") { $0 + $1.step } }
    }

    fileprivate struct Level: Sendable {
        var children: JSONChildren
        var name: String?
        var index = -1

        /// The step to the child that `next()` returned.
        var step: String { name.map { JSONPath.step(toMember: $0) } ?? "[\(index)]" }

        mutating func next() -> JSONValue? {
            guard let (member, value) = children.next() else { return nil }
            name = member?.name
            index += 1
            return value
        }
    }

    private var levels: [Level] = []
    private var found: JSONValue?

    package init(_ document: JSONDocument) {
        found = document.root
    }

    package mutating func next() -> Leaf? {
        while found != nil || !levels.isEmpty {
            if let value = found {
                found = nil
                let level = Level(children: JSONChildren(of: value))
                guard level.children.contains(where: { _ in true }) else { return Leaf(value: value, levels: levels) }
                levels.append(level)
            }
            found = levels[levels.count - 1].next()
            if found == nil { levels.removeLast() }
        }
        return nil
    }
}
