internal import Deliveries
internal import NIOHTTP1

/// The properties of a request head, collected in one pass over its header lines.
struct HeadCheck {
    let head: HTTPRequestHead
    /// The value of Content-Length; nil without the header. The parser accepts only 64-bit numbers; larger numbers are
    /// clamped to `Int64.max`.
    private(set) var announcedByteCount: Int64?
    private var hosts: (count: Int, areValid: Bool) = (0, true)
    private var hasExpectation = false
    private var hasTransferEncoding = false
    /// True if `Transfer-Encoding` is exactly `chunked`. The parser also accepts other codings before `chunked`.
    private var isChunkedOnly = false
    private var hasUpgrade = false
    private var endsConnection = false

    init(_ head: HTTPRequestHead) {
        self.head = head
        for (name, value) in head.headers {
            // Compares the length first, because it excludes nearly all other headers.
            switch name.utf8.count {
            case 4 where name.matchesIgnoringASCIICase("host"):
                hosts.count += 1
                if !Self.isHost(Self.withoutBlanksAtEnd(value)) { hosts.areValid = false }
            case 6 where name.matchesIgnoringASCIICase("expect"): hasExpectation = true
            case 7 where name.matchesIgnoringASCIICase("upgrade"): hasUpgrade = true
            case 10 where name.matchesIgnoringASCIICase("connection") && value.utf8.contains(UInt8(ascii: "\t")):
                // The parser does not recognise `close` next to a tab.
                endsConnection =
                    endsConnection
                    || head.headers[canonicalForm: "connection"].contains {
                        String($0).matchesIgnoringASCIICase("close")
                    }
            case 14 where name.matchesIgnoringASCIICase("content-length") && announcedByteCount == nil:
                let digits = Self.withoutBlanksAtEnd(value).utf8.drop { $0 == UInt8(ascii: "0") }
                announcedByteCount = digits.isEmpty ? 0 : DecimalText.nonNegative(digits) ?? .max
            case 17 where name.matchesIgnoringASCIICase("transfer-encoding"):
                isChunkedOnly =
                    !hasTransferEncoding
                    && String(Self.withoutBlanksAtEnd(value)).matchesIgnoringASCIICase("chunked")
                hasTransferEncoding = true
            default: break
            }
        }
    }

    /// The response to a head that breaks a rule of HTTP or a limit; nil if the head is valid.
    func problem(_ limits: ListenerLimits) -> Response? {
        guard head.uri.utf8.count <= limits.targetByteCount else { return .targetTooLong }
        guard head.headers.count <= limits.headerFieldCount else { return .headersTooLarge }
        // HTTP/1.1 requires exactly one Host header (RFC 9112 §3.2); HTTP/1.0 requires none.
        let needsHost = head.version != .http1_0
        guard hosts.count == 1 || hosts.count == 0 && !needsHost, hosts.areValid else { return .badHost }
        // Rejects a user name in a target, because it obscures the host (RFC 9110 §4.2.4).
        if let authority = RequestTarget(head.uri).authority, !Self.isHost(authority) { return .badHost }
        // See RFC 9112 §6.1. If a coding other than `chunked` were accepted, the encoded bytes would be archived as the
        // body.
        if hasTransferEncoding {
            guard head.version != .http1_0 else { return .badFraming }
            guard isChunkedOnly else { return .unknownCoding }
        }
        guard
            !hasExpectation
                || head.headers[canonicalForm: "expect"].allSatisfy({
                    String($0).matchesIgnoringASCIICase("100-continue")
                })
        else { return .unmetExpectation }
        return nil
    }

    /// True if the client waits for `100 Continue` before it sends the body.
    var expectsContinue: Bool {
        head.version != .http1_0 && hasExpectation && !hasNoBody
    }

    /// True if another request may follow on the connection. The parser stops after a request for another protocol:
    /// CONNECT, or `Upgrade`, which some clients send with their first request.
    var keepsAlive: Bool {
        head.isKeepAlive && !endsConnection && !hasUpgrade && head.method != .CONNECT
    }

    /// True if the request ends with its head.
    var hasNoBody: Bool {
        !hasTransferEncoding && (announcedByteCount ?? 0) == 0
    }

    /// The part of the body that the parser gets next, after `received` bytes of data.
    func wantedBody(after received: Int) -> ConnectionState.WantedInput {
        hasTransferEncoding ? .chunkedBody : .body(max(Int(clamping: announcedByteCount ?? 0) - received, 0))
    }

    /// The header lines. Each value is without the blanks around it (RFC 9110 §5.5); the parser removes only leading
    /// blanks.
    var fields: HeaderFields {
        HeaderFields(head.headers.map { HeaderField($0.name, Self.exact(Self.withoutBlanksAtEnd($0.value))) })
    }

    /// Restores the bytes of a value that `RequestBytesHandler.parsable` replaced by characters.
    private static func exact(_ value: Substring) -> String {
        guard value.utf8.contains(where: { $0 >= 0x80 }) else { return String(value) }
        return HeaderValue.text(value.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    }

    private static func withoutBlanksAtEnd(_ value: String) -> Substring {
        var rest = value[...]
        while rest.utf8.last == UInt8(ascii: " ") || rest.utf8.last == UInt8(ascii: "\t") {
            rest.unicodeScalars.removeLast()
        }
        return rest
    }

    /// True for a host with or without a port (RFC 3986 §3.2.2, §3.2.3), and without user name or path. A host name may
    /// contain commas. They are rejected here, because a comma separates values in a combined header line.
    private static func isHost(_ value: Substring) -> Bool {
        guard (1...255).contains(value.utf8.count) else { return false }
        var name = value.utf8[...]
        if let colon = name.lastIndex(of: UInt8(ascii: ":")), name.last != UInt8(ascii: "]") {
            let port = name[name.index(after: colon)...]
            guard port.isEmpty || port.count <= 5 && (DecimalText.nonNegative(port) ?? .max) <= 65_535 else {
                return false
            }
            name = name[..<colon]
        }
        guard name.first == UInt8(ascii: "[") else { return !name.isEmpty && isName(name) }
        guard name.last == UInt8(ascii: "]") else { return false }
        let literal = name.dropFirst().dropLast()
        if let first = literal.first, first | 0x20 == UInt8(ascii: "v") { return isFutureAddress(literal.dropFirst()) }
        return literal.contains(UInt8(ascii: ":")) && NetworkAddress(Substring(literal)) != nil
    }

    /// True for the text of an address of a future IP version: hexadecimal digits, a dot, and at least one other
    /// character.
    private static func isFutureAddress(_ text: Substring.UTF8View) -> Bool {
        guard let dot = text.firstIndex(of: UInt8(ascii: ".")), dot > text.startIndex else { return false }
        let rest = text[text.index(after: dot)...]
        return text[..<dot].allSatisfy { Hex.nibble($0) != nil } && !rest.isEmpty
            && rest.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: ":") }
    }

    private static func isName(_ text: Substring.UTF8View) -> Bool {
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst(), let low = rest.popFirst(), Hex.nibble(high) != nil,
                    Hex.nibble(low) != nil
                else { return false }
            } else if !isNameByte(byte) {
                return false
            }
        }
        return true
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ";"),
            UInt8(ascii: "="):
            true
        default: false
        }
    }
}
