/// A path to a value in a JSON text: `$.data.object.id`, `$.links[0].linkId`, `$['odd name']`.
///
/// A subset of JSONPath (RFC 9535): names and indexes, and, if allowed, `[*]` or `.*` for all elements and members.
package struct JSONPath: Sendable, Hashable {
    private enum Step: Sendable, Equatable {
        case name(String)
        case index(Int)
        case every
    }

    private static let stepCountLimit = 32

    private let steps: [Step]
    /// The path in its original spelling.
    package let text: String

    /// Compares bytes, because `String` considers NFC and NFD equal.
    package static func == (lhs: JSONPath, rhs: JSONPath) -> Bool {
        lhs.text.utf8.elementsEqual(rhs.text.utf8) && lhs.steps == rhs.steps
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }

    package init?(_ text: String) {
        self.init(text, allowsEvery: false)
    }

    /// Nil for any other text, and for more than 32 steps or an index above 999999.
    package init?(_ text: String, allowsEvery: Bool) {
        guard text.utf8.first == UInt8(ascii: "$") else { return nil }
        var steps: [Step] = []
        var rest = text.dropFirst()
        while let first = rest.popFirst() {
            guard steps.count < Self.stepCountLimit else { return nil }
            if first == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                steps.append(name == "*" && allowsEvery ? .every : .name(String(name)))
                rest = rest.dropFirst(name.count)
            } else if first == "[", let quote = rest.first, quote == "'" || quote == "\"" {
                // A quoted name may contain a bracket, so this finds the end of the name before the closing bracket.
                guard let end = rest.dropFirst().firstIndex(of: quote) else { return nil }
                steps.append(.name(String(rest[..<end].dropFirst())))
                rest = rest[end...].dropFirst()
                guard rest.popFirst() == "]" else { return nil }
            } else if first == "[", let end = rest.firstIndex(of: "]") {
                let inner = rest[..<end]
                if inner == "*", allowsEvery {
                    steps.append(.every)
                } else if inner.utf8.count <= 6, let index = Int(inner), index >= 0, String(index) == inner {
                    steps.append(.index(index))
                } else {
                    return nil
                }
                rest = rest[end...].dropFirst()
            } else {
                return nil
            }
        }
        self.steps = steps
        self.text = text
    }

    /// The step to a member: `.name`, or the name in quotation marks and brackets if it has other characters. A name
    /// that contains both kinds of quotation marks has no such form and is returned unchanged.
    package static func step(toMember name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
                true
            default: false
            }
        }
        guard !isPlain || name.isEmpty else { return "." + name }
        return name.contains("'") ? "[\"\(name)\"]" : "['\(name)']"
    }

    /// The last name in the path; nil if the path contains no name.
    package var lastName: String? {
        for case .name(let name) in steps.reversed() { return name }
        return nil
    }

    /// The first value at the path.
    package func value(in root: JSONValue) -> JSONValue? {
        var found: JSONValue?
        _ = someValue(in: root) { value in
            found = value
            return true
        }
        return found
    }

    /// True if a value at the path meets a condition. Iterative, because the input determines the depth.
    package func someValue(in root: JSONValue, meets condition: (JSONValue) throws -> Bool) rethrows -> Bool {
        // The values to search, and for each the number of steps that lead to it.
        var open = [(value: root, depth: 0)]
        while let (value, depth) = open.popLast() {
            guard depth < steps.count else {
                if try condition(value) { return true }
                continue
            }
            let next: [JSONValue] =
                switch steps[depth] {
                case .name(let name): value[name].map { [$0] } ?? []
                case .index(let index): Array(value.elements.dropFirst(index).prefix(1))
                case .every: JSONChildren(of: value).map(\.value)
                }
            open += next.reversed().map { ($0, depth + 1) }
        }
        return false
    }
}
