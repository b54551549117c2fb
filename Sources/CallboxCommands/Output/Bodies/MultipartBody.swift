internal import Deliveries

/// The parts of a multipart body (RFC 2046 §5.1), such as those of a form with files (RFC 7578).
struct MultipartBody {
    struct Part {
        let headers: [HeaderField]
        let body: [UInt8]

        var contentType: String? {
            value(named: "content-type")
        }

        /// `name` and `filename` of its disposition.
        var name: String? { parameter("name") }
        var fileName: String? { parameter("filename") }

        private func value(named name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value
        }

        private func parameter(_ name: String) -> String? {
            value(named: "content-disposition").flatMap { HeaderParameter.value(name, in: $0) }
        }
    }

    let parts: [Part]
    /// Whether there are more.
    let isCut: Bool

    static let partCountLimit = 1000
    private static let headerByteCountLimit = 16 * 1024

    /// Nil where the type is another, or no part begins as it says.
    init?(_ body: [UInt8], contentType: String) {
        guard contentType.lowercased().hasPrefix("multipart/"),
            let boundary = HeaderParameter.value("boundary", in: contentType), (1...70).contains(boundary.utf8.count)
        else { return nil }
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [Part] = []
        var start: Int?
        var isCut = false
        for line in Self.lines(beginningWith: delimiter, in: body) {
            if let start {
                parts.append(Self.part(body[start..<max(start, Self.end(of: body, before: line.lowerBound))]))
            }
            start = line.upperBound
            let isLast = body[(line.lowerBound + delimiter.count)...].starts(with: Array("--".utf8))
            if isLast || parts.count == Self.partCountLimit {
                isCut = !isLast
                start = nil
                break
            }
        }
        if let start { parts.append(Self.part(body[start...])) }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
        self.isCut = isCut
    }

    /// Lines that begin with the bytes, their ends included.
    private static func lines(beginningWith delimiter: [UInt8], in body: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 0
        while position < body.count, found.count <= partCountLimit {
            let end = body[position...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? body.count
            let line = body[position..<end]
            if line.starts(with: delimiter), isEnd(line.dropFirst(delimiter.count).first) {
                found.append(position..<end)
            }
            position = end
        }
        return found
    }

    /// Whether the delimiter is over: another boundary may begin with it.
    private static func isEnd(_ byte: UInt8?) -> Bool {
        byte.map { [UInt8]("-\r\n \t".utf8).contains($0) } ?? true
    }

    /// The line break before a delimiter belongs to that.
    private static func end(of body: [UInt8], before delimiter: Int) -> Int {
        var end = delimiter
        if end > 0, body[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        if end > 0, end < delimiter, body[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return end
    }

    private static func part(_ bytes: ArraySlice<UInt8>) -> Part {
        var headers: [HeaderField] = []
        var position = bytes.startIndex
        while let feed = bytes[position...].prefix(headerByteCountLimit).firstIndex(of: UInt8(ascii: "\n")) {
            var line = bytes[position..<feed]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            position = feed + 1
            if line.isEmpty { return Part(headers: headers, body: Array(bytes[position...])) }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), headers.count < 32 else { break }
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
            headers.append(
                HeaderField(String(decoding: line[..<colon], as: UTF8.self), String(value.drop { $0 == " " })))
        }
        // No empty line: all of it is the part.
        return Part(headers: [], body: Array(bytes))
    }
}

/// A parameter of a header's value: `boundary` in `multipart/form-data; boundary="x"`.
enum HeaderParameter {
    static func value(_ name: String, in header: String) -> String? {
        var rest = header[...]
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let found = rest[..<equals]
            rest = rest[rest.index(after: equals)...]
            let value: Substring
            if rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") {
                value = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[end...]
            } else {
                value = rest.prefix { $0 != ";" && $0 != " " }
            }
            if found.lowercased() == name { return String(value) }
        }
        return nil
    }
}
