internal import Deliveries
internal import Foundation
internal import StrictJSON
internal import TerminalOutput

/// A body as a JSON string: its text if it is UTF-8, otherwise base64. It is written in pieces, because a body may be
/// large.
struct BodyText {
    /// The maximum length of a string in bytes. Longer strings are written as base64, because escapes could make them
    /// six times as long.
    static let textByteCountLimit = 8 * 1024 * 1024
    private static let pieceByteCount = 48 * 1024

    private let body: [UInt8]
    /// True if the string is the text; false if it is base64.
    let isText: Bool

    init(_ body: [UInt8]) {
        self.body = body
        isText = body.count <= Self.textByteCountLimit && Self.isUTF8(body)
    }

    /// Writes the string with its quotation marks. Escapes control characters.
    func write(_ piece: (String) throws -> Void) throws {
        try piece("\"")
        if isText {
            for range in Self.ranges(of: body) {
                let quoted = JSONText.string(String(decoding: body[range], as: UTF8.self)).line
                try piece(String(quoted.dropFirst().dropLast()))
            }
        } else {
            for start in stride(from: 0, to: body.count, by: Self.pieceByteCount) {
                try piece(Data(body[start..<min(start + Self.pieceByteCount, body.count)]).base64EncodedString())
            }
        }
        try piece("\"")
    }

    static func isUTF8(_ body: [UInt8]) -> Bool {
        ranges(of: body).allSatisfy { String(validating: body[$0], as: UTF8.self) != nil }
    }

    /// The ranges of the pieces. If the body is UTF-8, no range ends within a character.
    private static func ranges(of body: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while start < body.count {
            var end = min(start + pieceByteCount, body.count)
            // At most three bytes follow the first byte of a character.
            for _ in 0..<3 where end < body.count && body[end] & 0xc0 == 0x80 { end -= 1 }
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }
}
