package import Deliveries

/// An HTTP/1 request as text: lines that end with LF or CRLF, an empty line, and the body.
package struct RequestText {
    package let headers: [HeaderField]
    package let body: [UInt8]

    /// Nil if the bytes do not start with a request line.
    package init?(_ bytes: [UInt8]) {
        var lines: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0a) {
            var line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.last == 0x0d { line = line.dropLast() }
            if line.isEmpty { break }
            lines.append(String(decoding: line, as: UTF8.self))
        }
        guard let start = lines.first, start.split(separator: " ").count == 3, start.contains(" HTTP/1.") else {
            return nil
        }
        self.headers = lines.dropFirst().compactMap(Self.field)
        self.body = Array(rest)
    }

    /// Parses a header line; nil for other text.
    package static func field(_ line: String) -> HeaderField? {
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return nil }
        var value = line[line.index(after: colon)...].drop { $0 == " " }
        while value.last == " " { value.removeLast() }
        return HeaderField(String(line[..<colon]), String(value))
    }
}
