internal import Deliveries
internal import NIOHTTP1

/// What can be said of a request from its head alone.
enum HeadCheck {
    /// The answer to a head that breaks a rule of HTTP or a limit; nil for a good one.
    static func problem(with head: HTTPRequestHead, limits: ServerLimits) -> Answer? {
        guard head.uri.utf8.count <= limits.targetByteCount else { return .targetTooLong }
        guard head.headers.count <= limits.headerFieldCount else { return .headersTooLarge }
        let hosts = head.headers[canonicalForm: "host"]
        // HTTP/1.1 needs exactly one (RFC 9112 §3.2); HTTP/1.0 may do without.
        let needsHost = head.version != .http1_0
        guard hosts.count == 1 || hosts.isEmpty && !needsHost, hosts.allSatisfy({ isHost($0) }) else { return .badHost }
        let expectations = head.headers[canonicalForm: "expect"]
        guard expectations.allSatisfy({ String($0).matchesIgnoringASCIICase("100-continue") }) else {
            return .unmetExpectation
        }
        return nil
    }

    /// The value of Content-Length, held at the end of the range; nil where there is none. The parser has refused what is no
    /// number of 64 bits already.
    static func announcedByteCount(_ head: HTTPRequestHead) -> Int64? {
        head.headers.first(name: "content-length").map { DecimalText.nonNegative(withoutBlanksAtEnd($0).utf8) ?? .max }
    }

    /// Whether the client waits for a word before it sends the body.
    static func expectsContinue(_ head: HTTPRequestHead) -> Bool {
        head.version != .http1_0 && head.headers.contains(name: "expect") && !hasNoBody(head)
    }

    /// Whether another request may follow on the connection. After one that asks for another protocol the parser reads no
    /// further: with `Upgrade`, which some clients send with their first request, and CONNECT.
    static func keepsAlive(_ head: HTTPRequestHead) -> Bool {
        head.isKeepAlive && !head.headers.contains(name: "upgrade") && head.method != .CONNECT
    }

    /// Whether the request ends with its head.
    static func hasNoBody(_ head: HTTPRequestHead) -> Bool {
        !head.headers.contains(name: "transfer-encoding") && (announcedByteCount(head) ?? 0) == 0
    }

    /// The header lines with their values as HTTP defines them: without the blanks around them (RFC 9110 §5.5), of which
    /// the parser leaves those at the end.
    static func fields(_ head: HTTPRequestHead) -> HeaderFields {
        HeaderFields(head.headers.map { HeaderField($0.name, String(withoutBlanksAtEnd($0.value))) })
    }

    private static func withoutBlanksAtEnd(_ value: String) -> Substring {
        var rest = value[...]
        while rest.utf8.last == UInt8(ascii: " ") || rest.utf8.last == UInt8(ascii: "\t") {
            rest.unicodeScalars.removeLast()
        }
        return rest
    }

    /// A host with or without a port, in the characters that RFC 3986 §3.2.2 gives it. No user name, no path.
    private static func isHost(_ value: Substring) -> Bool {
        guard (1...255).contains(value.utf8.count) else { return false }
        let isInBrackets = value.utf8.first == UInt8(ascii: "[")
        return value.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "%"), UInt8(ascii: ":"):
                true
            case UInt8(ascii: "["), UInt8(ascii: "]"): isInBrackets
            default: false
            }
        }
    }
}
