/// A header line. The name has the spelling of the sender.
package struct HeaderField: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Header lines in order. Keeps repeated names, because a repeated signature must be detected.
package struct HeaderFields: Hashable, Sendable, ExpressibleByArrayLiteral {
    package let fields: [HeaderField]

    package init(_ fields: [HeaderField]) {
        self.fields = fields
    }

    package init(arrayLiteral elements: HeaderField...) {
        self.init(elements)
    }

    /// The values of all lines with this name, compared without ASCII case (RFC 9110 §5.1).
    package func values(named name: String) -> [String] {
        fields.filter { $0.name.matchesIgnoringASCIICase(name) }.map(\.value)
    }

    /// The value if exactly one line has this name; nil otherwise.
    package func onlyValue(named name: String) -> String? {
        let values = values(named: name)
        return values.count == 1 ? values[0] : nil
    }

    package func contains(_ name: String) -> Bool {
        fields.contains { $0.name.matchesIgnoringASCIICase(name) }
    }
}

extension String {
    /// Compares byte by byte and ignores only the case of the letters A to Z. Protocols compare names in this way.
    package func matchesIgnoringASCIICase(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        var rest = other.utf8.makeIterator()
        for byte in utf8 {
            guard let otherByte = rest.next(), byte.lowercasedASCII == otherByte.lowercasedASCII else { return false }
        }
        return true
    }
}

extension UInt8 {
    fileprivate var lowercasedASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
