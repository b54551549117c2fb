/// Reads request.http: the request line, header lines, an empty line, each ended by LF alone; then the body to the last
/// byte.
package enum RequestFile {
    /// Why a file is no request. The raw value completes "cannot be used: …".
    package enum Problem: String, Error {
        case noEmptyLine = "no empty line ends the head"
        case carriageReturn = "a head line ends in CR LF; head lines of samples end in LF"
        case notText = "the head is not printable UTF-8 text"
        case requestLine = "the first line is not '<method> /<target> HTTP/1.1'"
        case headerLine = "a header line is not '<name>: <value>'"
    }

    package static func parse(_ bytes: [UInt8]) throws(Problem) -> SampleRequest {
        var lines: [String] = []
        var rest = bytes[...]
        while true {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw .noEmptyLine }
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            if line.last == UInt8(ascii: "\r") { throw .carriageReturn }
            guard let text = String(validating: line, as: UTF8.self), line.allSatisfy(isTextByte) else {
                throw .notText
            }
            lines.append(text)
        }
        guard let first = lines.first else { throw .requestLine }
        let (method, target) = try requestLine(first)
        var headers: [HeaderLine] = []
        for line in lines.dropFirst() { headers.append(try headerLine(line)) }
        return SampleRequest(method: method, target: target, headers: headers, body: Array(rest))
    }

    private static func requestLine(_ line: String) throws(Problem) -> (method: String, target: String) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, isToken(parts[0]), parts[1].first == "/", parts[2] == "HTTP/1.1" else {
            throw .requestLine
        }
        return (String(parts[0]), String(parts[1]))
    }

    private static func headerLine(_ line: String) throws(Problem) -> HeaderLine {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]) else {
            throw .headerLine
        }
        let blanks: Set<Character> = [" ", "\t"]
        var value = line[line.utf8.index(after: colon)...]
        while let first = value.first, blanks.contains(first) { value.removeFirst() }
        while let last = value.last, blanks.contains(last) { value.removeLast() }
        return HeaderLine(String(line[..<colon]), String(value))
    }

    private static func isTextByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t")
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
