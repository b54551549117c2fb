internal import Deliveries

/// Finds the optional white space in a chunk size line, which the parser rejects although a recipient must accept it
/// (RFC 9112 §7.1.1).
///
/// ```
/// chunk-size *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ) CRLF
/// ```
/// Only spaces and tabs around `;` and `=` are optional. A blank between two digits must not disappear, because the
/// digits would become one chunk size. The parser checks all other bytes.
struct ChunkExtensionBlanks {
    enum Kind: Equatable {
        /// A byte that the parser checks.
        case content
        /// A blank that is optional unless `afterMisplacedBlank` follows.
        case optionalBlank
        /// The blanks before this byte are not optional.
        case afterMisplacedBlank
    }

    private enum Position {
        case lineStart, size, afterSize
        /// After `;`, in a name, and after the blanks that follow the name.
        case nameStart, name, afterName
        /// After `=`, in a value, and after the blanks that follow the value.
        case valueStart, value, afterValue
        case quoted, escaped, quoteEnd
        /// After a byte that no valid line has here.
        case rest
    }

    private var position = Position.lineStart

    mutating func read(_ byte: UInt8) -> Kind {
        if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { return readBlank() }
        let isAfterBlanks = position == .afterSize || position == .afterName || position == .afterValue
        position = position(after: byte)
        return isAfterBlanks && position == .rest ? .afterMisplacedBlank : .content
    }

    private mutating func readBlank() -> Kind {
        switch position {
        case .size, .afterSize: position = .afterSize
        case .name, .afterName: position = .afterName
        case .value, .quoteEnd, .afterValue: position = .afterValue
        case .nameStart, .valueStart: break
        case .escaped:
            position = .quoted
            return .content
        case .quoted: return .content
        case .lineStart, .rest:
            position = .rest
            return .content
        }
        return .optionalBlank
    }

    /// - Parameter byte: not a blank.
    private func position(after byte: UInt8) -> Position {
        switch position {
        case .lineStart: Hex.nibble(byte) == nil ? .rest : .size
        case .size: Hex.nibble(byte) == nil ? afterPart(byte) : .size
        case .nameStart: byte.isTokenCharacter ? .name : .rest
        case .name where byte == UInt8(ascii: "="), .afterName where byte == UInt8(ascii: "="): .valueStart
        case .name: byte.isTokenCharacter ? .name : afterPart(byte)
        case .valueStart where byte == UInt8(ascii: "\""): .quoted
        case .valueStart: byte.isTokenCharacter ? .value : .rest
        case .value: byte.isTokenCharacter ? .value : afterPart(byte)
        case .afterSize, .afterName, .afterValue, .quoteEnd: afterPart(byte)
        case .quoted where byte == UInt8(ascii: "\""): .quoteEnd
        case .quoted: byte == UInt8(ascii: "\\") ? .escaped : .quoted
        case .escaped: .quoted
        case .rest: .rest
        }
    }

    private func afterPart(_ byte: UInt8) -> Position { byte == UInt8(ascii: ";") ? .nameStart : .rest }
}
