/// Scans a text once and records the range of each value. Uses its own stack instead of recursion.
struct JSONScanner {
    private typealias Node = JSONDocument.Node

    private enum Expectation {
        case value, valueOrArrayEnd, nameOrObjectEnd, name, colon, commaOrEnd
    }

    private var nodes: [JSONDocument.Node] = []
    /// The node indexes of the containers that are open.
    private var open: [Int] = []

    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONSyntaxError) -> [JSONDocument.Node] {
        nodes.reserveCapacity(min(bytes.count / 16 + 4, JSONDocument.nodeCountLimit))
        // Skips a byte order mark, as RFC 8259 §8.1 allows.
        var position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        var expectation = Expectation.value
        while true {
            while position < bytes.count, Self.isWhitespace(bytes[position]) { position += 1 }
            guard nodes.count <= JSONDocument.nodeCountLimit else {
                throw JSONSyntaxError(.tooManyValues, at: position)
            }
            guard position < bytes.count else {
                if !nodes.isEmpty, open.isEmpty { return nodes }
                throw JSONSyntaxError(nodes.isEmpty ? .empty : .unexpectedEnd, at: position)
            }
            let byte = bytes[position]
            switch expectation {
            case .value, .valueOrArrayEnd:
                if byte == UInt8(ascii: "]"), expectation == .valueOrArrayEnd {
                    close(at: &position)
                    expectation = .commaOrEnd
                } else if byte == UInt8(ascii: "{") {
                    try begin(.object, at: &position)
                    expectation = .nameOrObjectEnd
                } else if byte == UInt8(ascii: "[") {
                    try begin(.array, at: &position)
                    expectation = .valueOrArrayEnd
                } else {
                    position = try scalar(bytes, at: position)
                    expectation = .commaOrEnd
                }
            case .nameOrObjectEnd, .name:
                if byte == UInt8(ascii: "}"), expectation == .nameOrObjectEnd {
                    close(at: &position)
                    expectation = .commaOrEnd
                } else if byte == UInt8(ascii: "\"") {
                    position = try string(bytes, at: position)
                    expectation = .colon
                } else {
                    throw JSONSyntaxError(.unexpectedByte, at: position)
                }
            case .colon:
                guard byte == UInt8(ascii: ":") else { throw JSONSyntaxError(.unexpectedByte, at: position) }
                position += 1
                expectation = .value
            case .commaOrEnd:
                guard let container = open.last else { throw JSONSyntaxError(.trailingBytes, at: position) }
                let isObject = nodes[container].kind == .object
                if byte == UInt8(ascii: ",") {
                    position += 1
                    expectation = isObject ? .name : .value
                } else if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    close(at: &position)
                } else {
                    throw JSONSyntaxError(.unexpectedByte, at: position)
                }
            }
        }
    }

    private mutating func begin(_ kind: JSONValue.Kind, at position: inout Int) throws(JSONSyntaxError) {
        guard open.count < JSONDocument.depthLimit else { throw JSONSyntaxError(.tooDeep, at: position) }
        open.append(nodes.count)
        nodes.append(Node(kind: kind, start: position, end: position, next: 0))
        position += 1
    }

    private mutating func close(at position: inout Int) {
        position += 1
        guard let container = open.popLast() else { return }
        nodes[container].end = position
        nodes[container].next = nodes.count
    }

    private mutating func append(_ kind: JSONValue.Kind, from start: Int, to end: Int, isEscaped: Bool = false) {
        nodes.append(Node(kind: kind, start: start, end: end, next: nodes.count + 1, isEscaped: isEscaped))
    }

    private mutating func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONSyntaxError) -> Int {
        switch bytes[start] {
        case UInt8(ascii: "\""): return try string(bytes, at: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(bytes, at: start)
        case UInt8(ascii: "t"): return try literal("true", .boolean, bytes, at: start)
        case UInt8(ascii: "f"): return try literal("false", .boolean, bytes, at: start)
        case UInt8(ascii: "n"): return try literal("null", .null, bytes, at: start)
        default: throw JSONSyntaxError(.unexpectedByte, at: start)
        }
    }

    private mutating func literal(
        _ text: StaticString, _ kind: JSONValue.Kind, _ bytes: UnsafeBufferPointer<UInt8>, at start: Int
    ) throws(JSONSyntaxError) -> Int {
        let end = start + text.utf8CodeUnitCount
        for position in start..<min(end, bytes.count) where bytes[position] != text.utf8Start[position - start] {
            throw JSONSyntaxError(.unexpectedByte, at: position)
        }
        guard end <= bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: start) }
        append(kind, from: start, to: end)
        return end
    }

    private mutating func string(_ bytes: UnsafeBufferPointer<UInt8>, at quote: Int) throws(JSONSyntaxError) -> Int {
        var position = quote + 1
        var isEscaped = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                append(.string, from: quote + 1, to: position, isEscaped: isEscaped)
                return position + 1
            case UInt8(ascii: "\\"):
                isEscaped = true
                position = try Self.skipEscape(bytes, at: position)
            case 0..<0x20:
                throw JSONSyntaxError(.controlInString, at: position)
            default:
                position += 1
            }
        }
        throw JSONSyntaxError(.unexpectedEnd, at: position)
    }

    private static func skipEscape(_ bytes: UnsafeBufferPointer<UInt8>, at backslash: Int) throws(JSONSyntaxError)
        -> Int
    {
        guard backslash + 1 < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: backslash) }
        switch bytes[backslash + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return backslash + 2
        case UInt8(ascii: "u"):
            let end = backslash + 6
            guard bytes[backslash + 2..<min(end, bytes.count)].allSatisfy({ hexValue($0) != nil }) else {
                throw JSONSyntaxError(.badEscape, at: backslash)
            }
            guard end <= bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: backslash) }
            return end
        default:
            throw JSONSyntaxError(.badEscape, at: backslash)
        }
    }

    private mutating func number(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONSyntaxError) -> Int {
        var position = start
        func skipDigits() -> Int {
            let first = position
            while position < bytes.count, Self.isDigit(bytes[position]) { position += 1 }
            return position - first
        }
        func skip(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }
        _ = skip("-")
        let hasLeadingZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        let integerCount = skipDigits()
        var isWellFormed = integerCount == 1 || integerCount > 1 && !hasLeadingZero
        if skip(".") { isWellFormed = skipDigits() > 0 && isWellFormed }
        if skip("e") || skip("E") {
            _ = skip("+") || skip("-")
            isWellFormed = skipDigits() > 0 && isWellFormed
        }
        guard isWellFormed else { throw JSONSyntaxError(.badNumber, at: start) }
        append(.number, from: start, to: position)
        return position
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

func hexValue(_ byte: UInt8) -> UInt16? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
