internal import Deliveries

/// The method of a request line, whose bytes may arrive in pieces.
struct RequestMethod {
    enum Form {
        /// A known method or, before the method is complete, the beginning of one.
        case known
        /// A token, but not a known method. The response is 501 (RFC 9110 §15.6.2).
        case unknown
        /// Not a token.
        case malformed
    }

    /// The methods of RFC 9110 §9.3 and PATCH (RFC 5789). The parser accepts all of these methods. The application
    /// decides which methods a path accepts.
    private static let known = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ].map { (name: $0.utf8.reduce(0, appended), byteCount: $0.utf8.count) }
    private static let longestByteCount = 7
    /// A method of this length or more is unknown. The rest of its line is not checked (RFC 9112 §3).
    private static let byteCountLimit = 32

    /// The first bytes as a big-endian number.
    private var name: UInt64 = 0
    private var byteCount = 0
    private var isComplete = false
    private var hasWrongByte = false

    /// - Parameter line: a part of the request line. Bytes after the method are ignored.
    mutating func read(_ line: UnsafeRawBufferPointer) {
        guard !isComplete else { return }
        for byte in line {
            guard byte != UInt8(ascii: " ") else {
                isComplete = true
                return
            }
            guard !isTooLong else { return }
            hasWrongByte = hasWrongByte || !byte.isTokenCharacter
            byteCount += 1
            if byteCount <= Self.longestByteCount { name = Self.appended(name, byte) }
        }
    }

    /// True for a method that reaches `byteCountLimit`. All methods in use are shorter.
    var isTooLong: Bool { byteCount >= Self.byteCountLimit }

    var form: Form {
        guard !hasWrongByte, !isComplete || byteCount > 0 else { return .malformed }
        guard byteCount <= Self.longestByteCount else { return .unknown }
        let isKnown = Self.known.contains { known in
            let rest = known.byteCount - byteCount
            return rest == 0 || !isComplete && rest > 0 ? known.name >> (8 * rest) == name : false
        }
        return isKnown ? .known : .unknown
    }

    private static func appended(_ name: UInt64, _ byte: UInt8) -> UInt64 { name << 8 | UInt64(byte) }
}
