/// One header line of a request. Lines stay in a list: their order and their repetition are part of what is sent.
package struct HeaderLine: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the name is this one, in any case (RFC 9110 §5.1).
    package func isNamed(_ name: String) -> Bool {
        self.name.lowercased() == name.lowercased()
    }
}

extension [HeaderLine] {
    /// The value of the first line with this name.
    package func firstValue(of name: String) -> String? {
        first { $0.isNamed(name) }?.value
    }

    /// Gives the first line with this name another value, in its place; further lines with the name go. Nothing happens
    /// where no line has the name.
    package mutating func replaceValue(of name: String, with value: String) {
        guard let index = firstIndex(where: { $0.isNamed(name) }) else { return }
        self[index].value = value
        let kept = self[...index] + self[(index + 1)...].filter { !$0.isNamed(name) }
        self = Array(kept)
    }
}
