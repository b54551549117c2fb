package struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    package enum Kind: Sendable {
        case object, array, string, number, boolean, null
    }

    package var kind: Kind { node.kind }

    /// The value of the last member with this name; nil if no member has this name.
    ///
    /// Compares decoded names as bytes, so `é` as one code point and `e` with a combining accent are different names.
    package subscript(name: String) -> JSONValue? {
        var found: JSONValue?
        for member in members where member.nameEquals(name) { found = member.value }
        return found
    }

    /// The elements of an array in order; empty for other kinds of value.
    package var elements: JSONElements { children(of: .array) }

    /// The members of an object in order, including repeated names; empty for other kinds of value.
    package var members: JSONMembers { JSONMembers(elements: children(of: .object)) }

    private func children(of kind: Kind) -> JSONElements {
        JSONElements(document: document, position: index + 1, end: node.kind == kind ? node.next : index + 1)
    }

    /// The text of a string, with escapes resolved and ill-formed parts replaced by U+FFFD. Nil for other kinds of
    /// value.
    package var string: String? {
        guard node.kind == .string else { return nil }
        let range = document.bytes[node.start..<node.end]
        return node.isEscaped ? JSONString.unescape(range) : String(decoding: range, as: UTF8.self)
    }

    /// The text of a string; a number, `true` or `false` in its original spelling; nil for `null`, arrays and objects.
    package var scalarText: String? {
        switch kind {
        case .string: string
        case .number, .boolean: rawText
        case .null, .array, .object: nil
        }
    }

    /// The value of `true` or `false`; nil for other kinds of value.
    package var boolean: Bool? {
        kind == .boolean ? document.bytes[node.start] == UInt8(ascii: "t") : nil
    }

    /// The JSON text of the value, including quotation marks. Bytes that are not UTF-8 become U+FFFD.
    package var rawText: String { String(decoding: rawBytes, as: UTF8.self) }

    /// The bytes of the JSON text of the value, including quotation marks.
    package var rawBytes: ArraySlice<UInt8> {
        node.kind == .string ? document.bytes[(node.start - 1)...node.end] : document.bytes[node.start..<node.end]
    }

    private var node: JSONDocument.Node { document.nodes[index] }
}

/// A name and its value in an object.
package struct JSONMember: Sendable {
    let nameValue: JSONValue
    package let value: JSONValue

    /// The name, with escapes resolved.
    package var name: String { nameValue.string ?? "" }

    func nameEquals(_ other: String) -> Bool {
        let node = nameValue.document.nodes[nameValue.index]
        guard !node.isEscaped else { return name.utf8.elementsEqual(other.utf8) }
        guard node.end - node.start == other.utf8.count else { return false }
        return nameValue.document.bytes[node.start..<node.end].elementsEqual(other.utf8)
    }
}

/// The elements of an array, in order.
package struct JSONElements: Sequence, IteratorProtocol, Sendable {
    let document: JSONDocument
    var position: Int
    let end: Int

    package mutating func next() -> JSONValue? {
        guard position < end else { return nil }
        defer { position = document.nodes[position].next }
        return JSONValue(document: document, index: position)
    }
}

/// The members of an object, in order.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    var elements: JSONElements

    package mutating func next() -> JSONMember? {
        guard let name = elements.next(), let value = elements.next() else { return nil }
        return JSONMember(nameValue: name, value: value)
    }
}

/// The members of an object or the elements of an array, in order; empty for other kinds of value.
package struct JSONChildren: Sequence, IteratorProtocol, Sendable {
    private var members: JSONMembers
    private var elements: JSONElements

    package init(of value: JSONValue) {
        members = value.members
        elements = value.elements
    }

    package mutating func next() -> (member: JSONMember?, value: JSONValue)? {
        if let member = members.next() { return (member, member.value) }
        return elements.next().map { (nil, $0) }
    }
}
