internal import Deliveries
internal import Redaction
internal import StrictJSON
internal import TerminalOutput

/// A body for a terminal, line by line: indented JSON, text, or the first bytes in hexadecimal.
struct BodyView {
    let bytes: [UInt8]
    var contentType: String?
    var isRevealed = false
    /// The command that writes the whole body; mentioned if the body is cut.
    let command: String

    private static let dumpByteCountLimit = 256
    /// The length in bytes above which text lines and JSON strings are cut.
    private static let lineByteCountLimit = 64 * 1024
    private static let stringByteCountLimit = 4096
    /// The number of bytes of a line or string that masking reads. The limit is larger than the length that is shown,
    /// because masking must see complete numbers.
    private static let excerptByteCountLimit = 256 * 1024

    func forEachLine(on console: Console, _ line: (String) throws -> Void) rethrows {
        if FileKind(bytes) == nil, let document = try? JSONDocument(parsing: bytes) {
            return try JSONPrettyPrinter.forEachLine(of: document.root, render: { rendered($0, console) }, line)
        }
        guard FileKind(bytes) == nil, String(validating: bytes, as: UTF8.self) != nil else {
            return try dump(line)
        }
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try line(shownLine(rest[..<end]))
            rest = rest[(end + 1)...]
        }
        try line(shownLine(rest))
    }

    private func rendered(_ piece: JSONPiece, _ console: Console) -> String {
        let (text, restByteCount) = Self.excerpt(piece)
        let masked =
            isRevealed ? text : PersonalData.shown(text, name: piece.name, outer: piece.outerName)
        let written =
            switch piece.kind {
            case .name: JSONString.quote(text)
            case .string: JSONString.quote(masked)
            case .number: masked
            case .literal: text
            }
        let shown = TerminalText.escape(Self.cut(written, Self.stringByteCountLimit, besides: restByteCount))
        return switch piece.kind {
        case .name: console.styled(shown, .cyan)
        case .string: console.styled(shown, .green)
        case .number: console.styled(shown, .yellow)
        case .literal: console.styled(shown, .dim)
        }
    }

    private func shownLine(_ line: ArraySlice<UInt8>) -> String {
        let text = String(decoding: line.prefix(Self.excerptByteCountLimit), as: UTF8.self)
        let isForm = contentType?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
        let masked =
            isRevealed ? text : isForm ? PersonalData.form(text[...]) : PersonalData.shown(text)
        return TerminalText.escapeLines(
            Self.cut(
                masked, Self.lineByteCountLimit, besides: max(0, line.count - Self.excerptByteCountLimit)))
    }

    /// The start of a name or a scalar, and the number of bytes that follow it.
    private static func excerpt(_ piece: JSONPiece) -> (text: String, restByteCount: Int) {
        let text = piece.value.string ?? piece.value.rawText
        let rest = text.utf8.count - excerptByteCountLimit
        guard rest > 0 else { return (text, 0) }
        return (String(decoding: text.utf8.prefix(excerptByteCountLimit), as: UTF8.self), rest)
    }

    /// - Parameter restByteCount: the number of bytes that an earlier step has already cut.
    private static func cut(_ text: String, _ limit: Int, besides restByteCount: Int) -> String {
        let rest = text.utf8.count - limit + restByteCount
        guard rest > 0 else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self)
            + "… (\(HumanText.byteCount(Int64(rest))) more)"
    }

    private func dump(_ line: (String) throws -> Void) rethrows {
        let shown = bytes.prefix(Self.dumpByteCountLimit)
        let rest = bytes.count - shown.count
        let what = FileKind(bytes).map { "\($0.rawValue), " } ?? ""
        let size = HumanText.count(bytes.count, "byte")
        try line("  \(what)\(size) that are not text\(rest > 0 ? "; the first \(shown.count)" : ""):")
        for row in HexDump.lines(shown) { try line("  " + row) }
        if rest > 0 { try line("  … \(HumanText.count(rest, "byte")) more: \(command)") }
    }
}

/// A file type, recognised by its first bytes.
enum FileKind: String, CaseIterable {
    case pdf = "PDF"
    case png = "PNG"
    case jpeg = "JPEG"
    case gif = "GIF"
    case zip = "ZIP"
    case gzip

    init?(_ bytes: [UInt8]) {
        guard let type = Self.allCases.first(where: { type in type.starts.contains { bytes.starts(with: $0) } }) else {
            return nil
        }
        self = type
    }

    private var starts: [[UInt8]] {
        switch self {
        case .pdf: [Array("%PDF-".utf8)]
        case .png: [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]]
        case .jpeg: [[0xff, 0xd8, 0xff]]
        case .gif: [Array("GIF87a".utf8), Array("GIF89a".utf8)]
        case .zip: [[0x50, 0x4b, 0x03, 0x04], [0x50, 0x4b, 0x05, 0x06]]
        case .gzip: [[0x1f, 0x8b, 0x08]]
        }
    }
}

/// An element of a body that is a JSON array.
struct BodyPart {
    let bytes: [UInt8]
    /// The number of the element, from 1.
    let number: Int
    /// The number of elements in the array.
    let count: Int

    /// Finds the element with this number. If the array has no such element, the failure contains the number of
    /// elements; 0 if the body is not an array.
    static func find(_ number: Int, in body: [UInt8]) -> Result<BodyPart, Missing> {
        guard let root = (try? JSONDocument(parsing: body))?.root, root.kind == .array else {
            return .failure(Missing(count: 0))
        }
        var count = 0
        var found: JSONValue?
        for element in root.elements {
            count += 1
            if count == number { found = element }
        }
        guard let found else { return .failure(Missing(count: count)) }
        return .success(BodyPart(bytes: Array(found.rawBytes), number: number, count: count))
    }

    struct Missing: Error, Equatable {
        let count: Int
    }
}
