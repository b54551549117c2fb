/// Converts the character encodings of bodies to UTF-8.
enum TextEncoding {
    /// A text in UTF-8.
    struct UTF8Text {
        var bytes: [UInt8]
        /// The name of the original encoding; nil if the bytes are unchanged.
        var form: String?
        var problem: String?
    }

    /// - Parameter contentType: the value of the `Content-Type` header.
    static func utf8(_ body: [UInt8], contentType: String) -> UTF8Text {
        let type = contentType.lowercased()
        if body.starts(with: [0xef, 0xbb, 0xbf]) {
            var text = unmarked(Array(body.dropFirst(3)), type, charset: "utf-8")
            text.form = "UTF-8 with a byte order mark"
            return text
        }
        for (mark, unit) in marks where body.starts(with: mark) {
            return transcoded(body.dropFirst(mark.count), unit)
        }
        guard !type.hasPrefix("multipart/") else { return UTF8Text(bytes: body) }
        let charset = charset(type)
        return unit(of: body, charset).map { transcoded(body[...], $0) } ?? unmarked(body, type, charset: charset)
    }

    /// Converts text that has no byte order mark and is in UTF-8 or a single-byte encoding.
    private static func unmarked(_ body: [UInt8], _ type: String, charset: String) -> UTF8Text {
        // Reads valid UTF-8 as UTF-8 even if the header names another encoding: JSON is UTF-8 (RFC 8259 §8.1), and text
        // in another encoding is almost never valid UTF-8 by chance.
        guard let offset = UTF8Check.invalidOffset(in: body) else { return UTF8Text(bytes: body) }
        switch charset {
        case "iso-8859-1", "iso8859-1", "latin1", "latin-1", "iso_8859-1", "us-ascii", "ascii", "windows-1252",
            "cp1252",
            "cp-1252", "x-cp1252":
            // Reads ISO-8859-1 as windows-1252, because senders mean windows-1252 (encoding.spec.whatwg.org, Names and
            // labels).
            return UTF8Text(bytes: singleBytes(body, windows1252), form: charset)
        case "iso-8859-15", "latin9", "latin-9":
            return UTF8Text(bytes: singleBytes(body, iso885915), form: charset)
        case "", "utf-8", "utf8":
            guard isText(body, type) else { return UTF8Text(bytes: body) }
            if charset.isEmpty, !UTF8Check.hasMultibyte(body) {
                return UTF8Text(bytes: singleBytes(body, windows1252), form: "windows-1252")
            }
            return UTF8Text(
                bytes: body,
                problem: "the body is not UTF-8 from byte \(offset) on; invalid bytes are shown as U+FFFD")
        default:
            let isPlain = charset.utf8.count <= 30 && charset.utf8.allSatisfy { (0x21...0x7e).contains($0) }
            return UTF8Text(
                bytes: body,
                problem:
                    "the body has \(isPlain ? "the charset \(charset)" : "an unknown charset"), which is not supported; "
                    + "supported: UTF-8, UTF-16, UTF-32, ISO-8859-1, ISO-8859-15 and windows-1252")
        }
    }

    /// The charset parameter of a content type such as `application/json; charset="utf-16"`; empty if there is none.
    private static func charset(_ type: String) -> String {
        for parameter in type.split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1).map { $0.filter { !" \t\"'".contains($0) } }
            if parts.count == 2, parts[0] == "charset" { return parts[1] }
        }
        return ""
    }

    /// True for JSON, XML, forms and other text. Also checks the body, because the header may be missing or wrong.
    private static func isText(_ body: [UInt8], _ type: String) -> Bool {
        ["json", "xml", "text/", "form-urlencoded"].contains { type.contains($0) }
            || body.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }.map { [0x7b, 0x5b, 0x3c].contains($0) } ?? false
    }

    /// The width and byte order of the code units of an encoding.
    private struct Unit {
        let name: String
        let width: Int
        let isBigEndian: Bool
    }

    private static let units = [
        Unit(name: "UTF-16LE", width: 2, isBigEndian: false), Unit(name: "UTF-16BE", width: 2, isBigEndian: true),
        Unit(name: "UTF-32LE", width: 4, isBigEndian: false), Unit(name: "UTF-32BE", width: 4, isBigEndian: true),
    ]

    private static let marks: [([UInt8], Unit)] = [
        ([0xff, 0xfe, 0, 0], units[2]), ([0, 0, 0xfe, 0xff], units[3]), ([0xff, 0xfe], units[0]),
        ([0xfe, 0xff], units[1]),
    ]

    /// The encoding of text that begins with an ASCII character and zero bytes (RFC 4627 §3), or otherwise the declared
    /// encoding.
    private static func unit(of body: [UInt8], _ charset: String) -> Unit? {
        let zeros = body.prefix(4).map { $0 == 0 }
        switch zeros {
        case [false, true, true, true]: return units[2]
        case [true, true, true, false]: return units[3]
        case [false, true, false, true], [false, true]: return units[0]
        case [true, false, true, false], [true, false]: return units[1]
        default:
            // Without a byte order mark, `utf-16` is big-endian (RFC 2781 §4.3). If the text is valid UTF-8, the header
            // is wrong.
            guard UTF8Check.invalidOffset(in: body) != nil else { return nil }
            let name = ["utf-16": "utf-16be", "utf-32": "utf-32be"][charset] ?? charset
            return units.first { $0.name.lowercased() == name }
        }
    }

    private static func transcoded(_ body: ArraySlice<UInt8>, _ unit: Unit) -> UTF8Text {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count)
        var isDamaged = body.count % unit.width != 0
        func value(at position: Int) -> UInt32 {
            (0..<unit.width).reduce(UInt32(0)) { value, index in
                value << 8 | UInt32(body[position + (unit.isBigEndian ? index : unit.width - 1 - index)])
            }
        }
        let positions = stride(from: body.startIndex, to: body.endIndex - unit.width + 1, by: unit.width)
        if unit.width == 4 {
            for position in positions {
                let scalar = Unicode.Scalar(value(at: position))
                isDamaged = isDamaged || scalar == nil
                if let encoded = UTF8.encode(scalar ?? "\u{fffd}") { bytes += encoded }
            }
        } else {
            let units = positions.lazy.map { UInt16(truncatingIfNeeded: value(at: $0)) }
            isDamaged =
                transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) {
                    bytes.append($0)
                } || isDamaged
        }
        return UTF8Text(
            bytes: bytes, form: unit.name,
            problem: isDamaged ? "the body is not valid \(unit.name); invalid bytes are shown as U+FFFD" : nil)
    }

    private static func singleBytes(_ body: [UInt8], _ table: [UInt8: UInt16]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count + body.count / 4)
        for byte in body {
            if byte < 0x80 {
                bytes.append(byte)
            } else if let scalar = Unicode.Scalar(table[byte] ?? UInt16(byte)), let encoded = UTF8.encode(scalar) {
                bytes += encoded
            }
        }
        return bytes
    }

    /// The code points of the bytes whose code point differs from the value of the byte (encoding.spec.whatwg.org,
    /// index-windows-1252).
    private static let windows1252: [UInt8: UInt16] = [
        0x80: 0x20ac, 0x82: 0x201a, 0x83: 0x0192, 0x84: 0x201e, 0x85: 0x2026, 0x86: 0x2020, 0x87: 0x2021, 0x88: 0x02c6,
        0x89: 0x2030, 0x8a: 0x0160, 0x8b: 0x2039, 0x8c: 0x0152, 0x8e: 0x017d, 0x91: 0x2018, 0x92: 0x2019, 0x93: 0x201c,
        0x94: 0x201d, 0x95: 0x2022, 0x96: 0x2013, 0x97: 0x2014, 0x98: 0x02dc, 0x99: 0x2122, 0x9a: 0x0161, 0x9b: 0x203a,
        0x9c: 0x0153, 0x9e: 0x017e, 0x9f: 0x0178,
    ]

    private static let iso885915: [UInt8: UInt16] = [
        0xa4: 0x20ac, 0xa6: 0x0160, 0xa8: 0x0161, 0xb4: 0x017d, 0xb8: 0x017e, 0xbc: 0x0152, 0xbd: 0x0153, 0xbe: 0x0178,
    ]
}

/// Validates UTF-8 (RFC 3629 §4) without copying the text.
enum UTF8Check {
    /// The offset of the first byte that is not part of a valid character; nil if the text is valid.
    static func invalidOffset(in text: [UInt8]) -> Int? {
        text.withUnsafeBufferPointer { text in
            var position = 0
            while position < text.count {
                if text[position] < 0x80 {
                    position = beyondASCII(text, from: position)
                } else {
                    guard let length = length(at: position, text) else { return position }
                    position += length
                }
            }
            return nil
        }
    }

    /// True if the text contains a valid multi-byte character. Such a character is improbable in a single-byte
    /// encoding.
    static func hasMultibyte(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { text in
            text.indices.contains { text[$0] >= 0xc2 && length(at: $0, text) != nil }
        }
    }

    /// The position of the next byte that is not ASCII, or the end.
    static func beyondASCII(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start
        let bytes = UnsafeRawBufferPointer(text)
        while position + 8 <= text.count,
            bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        { position += 8 }
        while position < text.count, text[position] < 0x80 { position += 1 }
        return position
    }

    /// The character at a position and its length in bytes; U+FFFD and 1 for an invalid byte.
    static func scalar(at position: Int, _ text: UnsafeBufferPointer<UInt8>) -> (Unicode.Scalar, length: Int) {
        guard let length = length(at: position, text) else { return ("\u{fffd}", 1) }
        // The first byte of a character contributes 5, 4 or 3 bits.
        let start = UInt32(text[position]) & (0x7f >> UInt32(length))
        let value = (1..<length).reduce(start) { $0 << 6 | UInt32(text[position + $1] & 0x3f) }
        return (Unicode.Scalar(value) ?? "\u{fffd}", length)
    }

    private static func length(at position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int? {
        let first = text[position]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: return nil
        }
        guard position + length <= text.count, second.contains(text[position + 1]),
            (2..<length).allSatisfy({ (0x80...0xbf).contains(text[position + $0]) })
        else { return nil }
        return length
    }
}
