/// Finds e-mail addresses, JSON Web Tokens and credentials of URLs in text. Reads each byte a bounded number of times.
enum PersonalTexts {
    /// The maximum length of the part before the `@` in bytes (RFC 5321 §4.5.3.1.1).
    private static let localByteCountLimit = 64

    /// The ranges of the parts before the `@` of e-mail addresses.
    static func localParts(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for (position, byte) in bytes.enumerated() where byte == UInt8(ascii: "@") {
            let lowest = max(found.last?.upperBound ?? 0, position - localByteCountLimit)
            var start = position
            while start > lowest, isLocal(bytes[start - 1]) { start -= 1 }
            guard start < position, isDomain(bytes, from: position + 1) else { continue }
            found.append(start..<position)
        }
        return found
    }

    /// The ranges of tokens (RFC 7519): three base64url parts, the first of which is an encoded JSON object.
    static func webTokens(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 0
        while position < bytes.count {
            let start = position
            while position < bytes.count, isBase64(bytes[position]) { position += 1 }
            let header = bytes[start..<position]
            guard header.count >= 8, header.starts(with: Array("eyJ".utf8)) else {
                position += position == start ? 1 : 0
                continue
            }
            var dotCount = 0
            while position < bytes.count, isBase64(bytes[position]) || bytes[position] == UInt8(ascii: ".") {
                if bytes[position] == UInt8(ascii: ".") { dotCount += 1 }
                position += 1
            }
            if dotCount >= 2 { found.append(start..<position) }
        }
        return found
    }

    /// User names and passwords in URLs (RFC 3986 §3.2.1). A user name without a password is included, because it is
    /// often a token.
    static func userInfo(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 0
        while let start = authority(in: bytes, from: position) {
            let end = bytes[start...].firstIndex(where: endsAuthority) ?? bytes.count
            if let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")), at > start { found.append(start..<at) }
            position = end
        }
        return found
    }

    /// The position after the next `://`.
    private static func authority(in bytes: [UInt8], from start: Int) -> Int? {
        var position = start
        while position + 2 < bytes.count {
            if bytes[position] == UInt8(ascii: ":"), bytes[position + 1] == UInt8(ascii: "/"),
                bytes[position + 2] == UInt8(ascii: "/")
            {
                return position + 3
            }
            position += 1
        }
        return nil
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x7f || "/\\?#\"<>".utf8.contains(byte)
    }

    /// True if a name with a dot starts at `start`.
    private static func isDomain(_ bytes: [UInt8], from start: Int) -> Bool {
        var hasDot = false
        var count = 0
        for byte in bytes[start...].prefix(255) {
            if byte == UInt8(ascii: "."), count > 0 {
                hasDot = true
                count = 0
            } else if isBase64(byte) || byte >= 0x80 {
                count += 1
                if hasDot { return true }
            } else {
                return false
            }
        }
        return false
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        isBase64(byte) || byte >= 0x80 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: "%")
    }

    /// True for a character of the base64url alphabet, which contains all characters of a host name label.
    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
