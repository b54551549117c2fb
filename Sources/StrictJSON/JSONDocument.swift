/// A JSON text (RFC 8259) with an index of its values, for untrusted bytes (docs/decisions/0006).
///
/// The scan is iterative, so nesting needs no call stack. Values are ranges of the text, so numbers keep all digits.
/// Names are compared byte by byte. Strings that are not valid UTF-8 are accepted and repaired when they are read.
package final class JSONDocument: Sendable {
    /// The maximum number of nested arrays and objects. Known providers send at most about a dozen levels.
    package static let depthLimit = 512

    /// The maximum number of values and names in a text. An index of this size uses 64 MB. A report of 32 MiB has about
    /// three million values and names.
    package static let nodeCountLimit = 4_000_000

    /// The maximum length of a text in bytes. Every offset then fits in 32 bits.
    package static let byteCountLimit = 1 << 30

    let bytes: [UInt8]
    let nodes: [Node]

    /// The index entry of one value of the text.
    struct Node: Sendable {
        let kind: JSONValue.Kind
        /// True if a string contains escapes.
        let isEscaped: Bool
        // Offsets have only four bytes, because a text of small values has nearly as many nodes as bytes.
        private let startOffset: UInt32
        private var endOffset: UInt32
        private var nextIndex: UInt32

        init(kind: JSONValue.Kind, start: Int, end: Int, next: Int, isEscaped: Bool = false) {
            self.kind = kind
            self.isEscaped = isEscaped
            self.startOffset = UInt32(start)
            self.endOffset = UInt32(end)
            self.nextIndex = UInt32(next)
        }

        /// The offset of the first byte of the value; for a string, the offset after the opening quotation mark.
        var start: Int { Int(startOffset) }

        /// The offset after the last byte of the value; for a string, the offset of the closing quotation mark.
        var end: Int {
            get { Int(endOffset) }
            set { endOffset = UInt32(newValue) }
        }

        /// The index of the node that follows this value and its children.
        var next: Int {
            get { Int(nextIndex) }
            set { nextIndex = UInt32(newValue) }
        }
    }

    /// Parses a text. Validates the whole text but does not decode values.
    package init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        guard bytes.count <= Self.byteCountLimit else { throw JSONSyntaxError(.tooManyValues, at: Self.byteCountLimit) }
        var scanner = JSONScanner()
        self.nodes = try bytes.withUnsafeBufferPointer { buffer throws(JSONSyntaxError) in
            try scanner.scan(buffer)
        }
        self.bytes = bytes
    }

    /// True if a string or name that contains escapes meets a condition after its escapes are resolved.
    package func someEscapedString(meets condition: (String) -> Bool) -> Bool {
        nodes.indices.contains { index in
            nodes[index].isEscaped && JSONValue(document: self, index: index).string.map(condition) == true
        }
    }

    package var root: JSONValue { JSONValue(document: self, index: 0) }
}

package struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case empty = "the text is empty"
        case unexpectedByte = "unexpected character"
        case unexpectedEnd = "the text ends inside a value"
        case tooDeep = "arrays and objects nest deeper than 512 levels"
        case tooManyValues = "there are more than four million values"
        case badNumber = "invalid number"
        case badEscape = "invalid escape in a string"
        case controlInString = "control character in a string"
        case trailingBytes = "unexpected text after the value"
    }

    package let reason: Reason
    /// The offset in bytes from the start of the text.
    package let offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason.rawValue), at byte \(offset)" }
}
