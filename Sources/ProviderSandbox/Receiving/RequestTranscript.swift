/// A received request as text for a terminal: head lines in their order, an empty line, the size and digest of the
/// body, and the body on one line.
package enum RequestTranscript {
    /// How much of a body is shown.
    package static let shownByteCountLimit = 2000

    package static func text(_ request: ReceivedRequest, number: Int) -> String {
        var lines = ["", "--- request \(number)"]
        lines += request.headLines.map { TerminalText.escaped($0) }
        lines.append("")
        let shown = shownPart(of: request.body)
        let plain = TerminalText.printable(shown)
        let label = plain == nil ? ", escaped" : ""
        lines.append("body: \(request.body.count) bytes, sha256 \(Hex.sha256(request.body))\(label)")
        if !request.body.isEmpty { lines.append(plain ?? TerminalText.escaped(shown)) }
        let hiddenByteCount = request.body.count - shown.count
        if hiddenByteCount > 0 { lines.append("… and \(hiddenByteCount) more bytes") }
        return lines.joined(separator: "\n")
    }

    /// The first bytes, cut before a character that does not fit whole.
    private static func shownPart(of body: [UInt8]) -> ArraySlice<UInt8> {
        guard body.count > shownByteCountLimit else { return body[...] }
        var end = shownByteCountLimit
        while end > shownByteCountLimit - 3, body[end] & 0xc0 == 0x80 { end -= 1 }
        return body[..<end]
    }
}
