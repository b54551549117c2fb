/// The encoding of a file's text, recognised by the first bytes. The `>` of PowerShell writes UTF-16.
enum TextEncoding: Equatable {
    case utf8, utf16LittleEndian, utf16BigEndian
    /// The file is not text. `what` is its format and `advice` is a sentence.
    case other(what: String, advice: String)

    /// The formats of tools and compressed archives, by their first bytes.
    private static let others: [(start: [UInt8], what: String, advice: String)] = [
        ([0xff, 0xfe, 0, 0], "UTF-32", "Convert it with 'iconv -f UTF-32 -t UTF-8'."),
        ([0, 0, 0xfe, 0xff], "UTF-32", "Convert it with 'iconv -f UTF-32 -t UTF-8'."),
        (
            Array("PK\u{3}\u{4}".utf8), "a zip archive",
            "Unzip it and import the HAR in it; with Playwright, record with content 'embed', because 'attach' stores bodies outside of the HAR."
        ),
        ([0x1f, 0x8b], "compressed with gzip", "Import it with 'gunzip -c FILE | callbox import -'."),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd", "Import it with 'zstd -dc FILE | callbox import -'."),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "compressed with xz", "Import it with 'xz -dc FILE | callbox import -'."),
        ([0x42, 0x5a, 0x68], "compressed with bzip2", "Import it with 'bzip2 -dc FILE | callbox import -'."),
        ([0x78, 0x9c], "compressed with zlib", "Export it without compression; mitmproxy compresses '.zhar' files."),
        ([0x78, 0xda], "compressed with zlib", "Export it without compression; mitmproxy compresses '.zhar' files."),
        (
            Array("SQLite format 3\0".utf8), "a SQLite database",
            "Restore a backup with 'callbox archive restore', or export its archive with 'callbox export'."
        ),
        (Array("<".utf8), "XML or HTML", "Export a HAR instead."),
    ]

    init(start: [UInt8]) {
        if let other = Self.others.first(where: { start.starts(with: $0.start) }) {
            self = .other(what: other.what, advice: other.advice)
        } else if start.starts(with: [0xff, 0xfe]) || start.count > 1 && start[0] != 0 && start[1] == 0 {
            self = .utf16LittleEndian
        } else if start.starts(with: [0xfe, 0xff]) || start.count > 1 && start[0] == 0 && start[1] != 0 {
            self = .utf16BigEndian
        } else {
            self = .utf8
        }
    }
}

/// Converts UTF-16 that arrives in pieces to UTF-8. A lone surrogate has no UTF-8 form and becomes U+FFFD.
struct UTF16Decoder {
    private let isBigEndian: Bool
    private var rest: [UInt8] = []

    init(isBigEndian: Bool) {
        self.isBigEndian = isBigEndian
    }

    /// - Parameter isLast: whether the text ends with this piece.
    mutating func decode(_ piece: [UInt8], isLast: Bool) -> [UInt8] {
        let bytes = rest + piece
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        for first in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (high, low) = isBigEndian ? (bytes[first], bytes[first + 1]) : (bytes[first + 1], bytes[first])
            units.append(UInt16(high) << 8 | UInt16(low))
        }
        rest = Array(bytes[(units.count * 2)...])
        if !isLast, let last = units.last, UTF16.isLeadSurrogate(last) {
            rest = Array(bytes[(units.count * 2 - 2)...])
            units.removeLast()
        }
        if isLast, !rest.isEmpty { units.append(0xfffd) }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
