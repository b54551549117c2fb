/// A path that a comparison ignores, together with everything below it: `$.data.updatedAt`, `$.items[*].etag`,
/// `$.*.time`, or `$..requestId` for a name at any depth.
package struct IgnoredPath: Sendable, Equatable, CustomStringConvertible {
    private enum Part: Sendable, Equatable {
        case name(String)
        case index(Int)
        case anyName, anyIndex
    }

    private let parts: [Part]
    /// True if the name is ignored at any depth.
    private let isAnywhere: Bool
    package let description: String

    /// Nil for any other text.
    package init?(_ text: String) {
        guard text.hasPrefix("$"), text.count > 1 else { return nil }
        description = text
        var rest = text.dropFirst()
        isAnywhere = rest.hasPrefix("..")
        if isAnywhere { rest = rest.dropFirst() }
        var parts: [Part] = []
        while let first = rest.first {
            guard parts.count < 32 else { return nil }
            rest = rest.dropFirst()
            if first == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                parts.append(name == "*" ? .anyName : .name(String(name)))
                rest = rest.dropFirst(name.count)
            } else if first == "[", let end = rest.firstIndex(of: "]"), let part = Self.part(within: rest[..<end]) {
                parts.append(part)
                rest = rest[rest.index(after: end)...]
            } else {
                return nil
            }
        }
        guard !isAnywhere || parts.count == 1 && parts != [.anyName] else { return nil }
        self.parts = parts
    }

    /// Ignores a name at any depth.
    package init(name: String) {
        parts = [.name(name)]
        isAnywhere = true
        description = "$..\(name)"
    }

    private static func part(within text: Substring) -> Part? {
        if text == "*" { return .anyIndex }
        if text.count > 2, text.first == "'", text.last == "'" { return .name(String(text.dropFirst().dropLast())) }
        guard text.utf8.count <= 6, let index = Int(text), index >= 0 else { return nil }
        return .index(index)
    }

    package func matches(_ path: ValuePath) -> Bool {
        guard !isAnywhere else {
            guard case .name(let name)? = path.last, case .name(let ignored)? = parts.first else { return false }
            return name.utf8.elementsEqual(ignored.utf8)
        }
        guard path.depth == parts.count else { return false }
        return zip(path.steps, parts).allSatisfy { step, part in
            switch (step, part) {
            case (.name(let name), .name(let ignored)): name.utf8.elementsEqual(ignored.utf8)
            case (.index(let index), .index(let ignored)): index == ignored
            case (.name, .anyName), (.index, .anyIndex): true
            default: false
            }
        }
    }
}
