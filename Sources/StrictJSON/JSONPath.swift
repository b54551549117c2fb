/// A place in a JSON text, as configurations and filters name it: `$.data.object.id`, `$.links[0].linkId`, `$['odd name']`.
///
/// A small part of JSONPath (RFC 9535): names and indexes, one value at most.
package struct JSONPath: Sendable, Hashable {
    private enum Step: Sendable, Hashable {
        case name(String)
        case index(Int)
    }

    private let steps: [Step]
    /// As it was written.
    package let text: String

    /// Nil for what is not written as above, for more than 32 steps and for indexes above 999999.
    package init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "$") else { return nil }
        var steps: [Step] = []
        var rest = text.dropFirst()
        while let first = rest.first {
            guard steps.count < 32 else { return nil }
            rest = rest.dropFirst()
            if first == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                steps.append(.name(String(name)))
                rest = rest.dropFirst(name.count)
            } else if first == "[", let end = rest.firstIndex(of: "]") {
                let inner = rest[..<end]
                rest = rest[rest.index(after: end)...]
                if inner.count >= 2, let quote = inner.first, quote == "'" || quote == "\"", inner.last == quote {
                    steps.append(.name(String(inner.dropFirst().dropLast())))
                } else if inner.utf8.count <= 6, let index = Int(inner), index >= 0, String(index) == inner {
                    steps.append(.index(index))
                } else {
                    return nil
                }
            } else {
                return nil
            }
        }
        self.steps = steps
        self.text = text
    }

    /// The last name on the way; nil for `$` and for paths of indexes alone.
    package var lastName: String? {
        for step in steps.reversed() {
            if case .name(let name) = step { return name }
        }
        return nil
    }

    /// The value at the path; nil where the way ends before it.
    package func value(in root: JSONValue) -> JSONValue? {
        var value = root
        for step in steps {
            let next: JSONValue? =
                switch step {
                case .name(let name): value[name]
                case .index(let index): value.elements.dropFirst(index).first { _ in true }
                }
            guard let next else { return nil }
            value = next
        }
        return value
    }
}
