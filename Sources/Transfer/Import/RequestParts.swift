internal import Crypto
internal import Deliveries
internal import StrictJSON

/// The reason why an entry cannot be imported, to be appended to "line 3 of x.ndjson".
struct ImportProblem: Error, Equatable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static let masked = ImportProblem("is masked, so it differs from the delivery; export it without --masked")
}

/// Checks the parts of an imported request against the limits of the listener.
enum RequestParts {
    private static let methodByteCountLimit = 32
    private static let targetByteCountLimit = 64 * 1024
    private static let peerByteCountLimit = 256
    private static let headerCountLimit = 1000
    private static let headerByteCountLimit = 1024 * 1024

    static func method(_ text: String) throws(ImportProblem) -> String {
        guard text.utf8.count <= methodByteCountLimit, text.isToken else {
            throw ImportProblem("has an invalid method")
        }
        return text
    }

    /// The target. Rejects spaces and control characters, which are not allowed in the target of a request line.
    static func target(_ text: String) throws(ImportProblem) -> String {
        guard !text.utf8.contains(0x20) else {
            throw ImportProblem("has a space in its URL, so the URL is not the original one")
        }
        guard !text.isEmpty, text.utf8.count <= targetByteCountLimit, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
        else { throw ImportProblem("has an invalid target") }
        return text
    }

    static func peer(_ text: String) throws(ImportProblem) -> String {
        guard text.utf8.count <= peerByteCountLimit, text.utf8.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
            throw ImportProblem("has an invalid peer")
        }
        return text
    }

    /// The header lines. Names must be tokens, and values must contain neither a line break nor a NUL. Otherwise a
    /// replay could send a value as another header line.
    ///
    /// - Parameters:
    ///   - leavingOutPseudoHeaders: whether to omit HTTP/2 pseudo-headers, which browsers list, and to split values
    ///     that browsers joined with line breaks.
    ///   - pair: returns the name and value of an element.
    static func headers(
        _ list: JSONValue?, leavingOutPseudoHeaders: Bool = false,
        _ pair: (JSONValue) -> (name: String?, value: String?)
    ) throws(ImportProblem) -> HeaderFields {
        guard let list, list.kind == .array else { throw ImportProblem("has no 'headers'") }
        var fields: [HeaderField] = []
        var byteCount = 0
        for element in list.elements {
            guard case let (name?, value?) = pair(element) else {
                throw ImportProblem("has a header that lacks a name or a value")
            }
            guard !leavingOutPseudoHeaders || !name.hasPrefix(":") else { continue }
            byteCount += name.utf8.count + value.utf8.count
            guard byteCount <= headerByteCountLimit else { throw tooManyHeaders }
            let values =
                leavingOutPseudoHeaders
                ? value.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { String(Substring($0)) }
                : [value]
            for value in values {
                guard name.isToken, value.isFieldValue else {
                    throw ImportProblem("has a header that HTTP does not allow")
                }
                guard fields.count < headerCountLimit else { throw tooManyHeaders }
                fields.append(HeaderField(name, value))
            }
        }
        return HeaderFields(fields)
    }

    private static let tooManyHeaders = ImportProblem("has too many headers")

    static func uuid(_ value: JSONValue) throws(ImportProblem) -> UUIDv7 {
        guard let text = value["uuid"]?.string, let bytes = Hex.decode(text.utf8.filter { $0 != UInt8(ascii: "-") }),
            let uuid = UUIDv7(bytes: bytes), uuid.description == text
        else { throw ImportProblem("has an invalid 'uuid'") }
        return uuid
    }

    /// The bytes of a JSON string that contains base64. Some JSON writers escape the slash.
    static func base64(_ value: JSONValue, ignoringLineBreaks: Bool = false) throws(ImportProblem) -> [UInt8] {
        var text = Array(value.rawBytes.dropFirst().dropLast())
        if text.contains(UInt8(ascii: "\\")) { text = Array((value.string ?? "").utf8) }
        if ignoringLineBreaks { text.removeAll { $0 == 0x0a || $0 == 0x0d } }
        guard value.kind == .string, let bytes = Base64Text.decode(text) else {
            throw ImportProblem("has a body that is not base64")
        }
        return bytes
    }

    /// Rejects U+FFFD in text that has no hash, because tools write it for bytes that are not UTF-8.
    static func checkCharacters(_ body: [UInt8]) throws(ImportProblem) {
        for index in body.indices.dropLast(2) where body[index] == 0xef {
            guard body[index + 1] != 0xbf || body[index + 2] != 0xbd else {
                throw ImportProblem("has replacement characters in its body instead of the original bytes")
            }
        }
    }

    /// Checks a body against the hash in its record, if the record has one.
    static func check(_ body: [UInt8], _ sha256: JSONValue?) throws(ImportProblem) {
        guard let sha256 else { return }
        guard let text = sha256.string, Hex.decode(text.utf8) == Array(SHA256.hash(data: body)) else {
            throw ImportProblem("has a body that does not match 'bodySHA256'")
        }
    }
}
