/// A place in a JSON text, as configurations and filters name it: `$.data.object.id`, `$.links[0].linkId`, `$['odd name']`.
///
/// A small part of JSONPath (RFC 9535): names and indexes, one value at most; and, where several values will do, `[*]` or
/// `.*` for every element of an array and every member of an object.
package struct JSONPath: Sendable, Hashable {
    private enum Step: Sendable, Hashable {
        case name(String)
        case index(Int)
        case every
    }

    private let steps: [Step]
    /// As it was written.
    package let text: String

    /// Equal if the bytes are: names are compared as bytes too, and `String` would take NFC and NFD for one.
    package static func == (lhs: JSONPath, rhs: JSONPath) -> Bool {
        lhs.text.utf8.elementsEqual(rhs.text.utf8) && lhs.steps == rhs.steps
    }

    package func hash(into hasher: inout Hasher) {
        Array(text.utf8).withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// Nil for what is not written as above, for more than 32 steps and for indexes above 999999.
    ///
    package init?(_ text: String) {
        self.init(text, allowsEvery: false)
    }

    /// - Parameter allowsEvery: whether `[*]` and `.*` mean all there are.
    package init?(_ text: String, allowsEvery: Bool) {
        guard text.utf8.first == UInt8(ascii: "$") else { return nil }
        var steps: [Step] = []
        var rest = text.dropFirst()
        while let first = rest.first {
            guard steps.count < 32 else { return nil }
            rest = rest.dropFirst()
            if first == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                steps.append(name == "*" && allowsEvery ? .every : .name(String(name)))
                rest = rest.dropFirst(name.count)
            } else if first == "[", let end = rest.firstIndex(of: "]") {
                let quote = rest.first.flatMap { $0 == "'" || $0 == "\"" ? $0 : nil }
                // A name in quotation marks may have a bracket in it.
                guard let end = quote.map({ Self.end(ofNameIn: rest, quotedBy: $0) }) ?? end else { return nil }
                let inner = rest[..<end]
                rest = rest[rest.index(after: end)...]
                if quote != nil {
                    steps.append(.name(String(inner.dropFirst().dropLast())))
                } else if inner == "*", allowsEvery {
                    steps.append(.every)
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

    /// How a path goes on to a member: `.name`, or in brackets and quotation marks where the name has other signs. A name with
    /// both kinds of quotation mark cannot be written; it then stands as it is.
    package static func step(toMember name: String) -> String {
        let isPlain =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
                    true
                default: false
                }
            }
        guard !isPlain else { return "." + name }
        return name.contains("'") ? "[\"\(name)\"]" : "['\(name)']"
    }

    /// Where the bracket is that closes a name in quotation marks.
    private static func end(ofNameIn text: Substring, quotedBy quote: Character) -> Substring.Index? {
        guard let closing = text.dropFirst().firstIndex(of: quote) else { return nil }
        let bracket = text.index(after: closing)
        return bracket < text.endIndex && text[bracket] == "]" ? bracket : nil
    }

    /// The last name on the way; nil for `$` and for paths of indexes alone.
    package var lastName: String? {
        for step in steps.reversed() {
            if case .name(let name) = step { return name }
        }
        return nil
    }

    /// The value at the path; nil where the way ends before it, and the first one where several are.
    package func value(in root: JSONValue) -> JSONValue? {
        var found: JSONValue?
        _ = someValue(in: root) { value in
            found = value
            return true
        }
        return found
    }

    /// Whether a value at the path meets a condition: the first such ends the search.
    package func someValue(in root: JSONValue, meets condition: (JSONValue) throws -> Bool) rethrows -> Bool {
        // What is still to be looked at, with the number of steps that lead there. A loop, for the depth is the input's.
        var open = [(value: root, depth: 0)]
        while let place = open.popLast() {
            guard place.depth < steps.count else {
                if try condition(place.value) { return true }
                continue
            }
            func goOn(_ value: JSONValue?) {
                if let value { open.append((value, place.depth + 1)) }
            }
            switch steps[place.depth] {
            case .name(let name): goOn(place.value[name])
            case .index(let index): goOn(place.value.elements.dropFirst(index).first { _ in true })
            case .every:
                let values = Array(place.value.elements) + place.value.members.map(\.value)
                for value in values.reversed() { goOn(value) }
            }
        }
        return false
    }
}
