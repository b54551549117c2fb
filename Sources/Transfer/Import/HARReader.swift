internal import Crypto
internal import Deliveries
internal import Foundation
internal import StrictJSON

/// Reads the entries of a HAR: those that `export` wrote as they arrived, those of browsers and proxies as far as a HAR can say.
enum HARReader {
    /// Who stands for the sender where nobody knows it.
    static let unknownPeer = "imported"

    /// - Parameters:
    ///   - source: where every entry goes; nil to go by what an entry says, and by its path.
    ///   - sourceAtPath: the name of the configured source at a path.
    /// - Returns: nil for an entry that is for no source.
    static func read(
        _ entry: JSONValue, source: String?, sourceAtPath: (String) -> String?
    ) throws(ImportProblem) -> RecordReader.Reading? {
        let ours = entry["_callbox"]
        if let ours, ours["masked"]?.boolean == true {
            throw ImportProblem("is masked, and so not what arrived: export it without --masked")
        }
        guard ours?["bodyPruned"] == nil else { return .bodyless }
        guard let request = entry["request"], request.kind == .object else { throw ImportProblem("has no request") }
        let target = try RequestParts.target(ours?["target"]?.string ?? target(request))
        let named = source ?? ours?["source"]?.string ?? sourceAtPath(RequestTarget(target).path)
        guard let named else { return nil }
        let body = try body(request)
        if let sha256 = ours?["bodySHA256"]?.string, Hex.decode(sha256.utf8) != Array(SHA256.hash(data: body)) {
            throw ImportProblem("has a body that 'bodySHA256' does not fit")
        }
        guard let started = entry["startedDateTime"]?.string, let receivedAt = Timestamp(rfc3339: started.utf8) else {
            throw ImportProblem("has no 'startedDateTime'")
        }
        let method = try RequestParts.method(request["method"]?.string ?? "")
        let headers = try headers(request)
        let claimed = ours?["verification"]?.string.flatMap(Verification.init)
        return .record(
            ImportedDelivery(
                uuid: try uuid(ours)
                    ?? Self.uuid(at: receivedAt, [named, method, target, HeaderText.text(headers)], body),
                source: named, receivedAt: receivedAt, method: method, target: target,
                peer: try RequestParts.peer(ours?["peer"]?.string ?? unknownPeer), headers: headers, body: body,
                claimed: claimed ?? .unverified))
    }

    /// The path and the query of the URL.
    private static func target(_ request: JSONValue) -> String {
        guard let url = request["url"]?.string else { return "" }
        let target = RequestTarget(String(url.prefix { $0 != "#" }))
        return (target.path.isEmpty ? "/" : target.path) + (target.query.map { "?\($0)" } ?? "")
    }

    /// Without HTTP/2's pseudo-headers, which browsers list.
    private static func headers(_ request: JSONValue) throws(ImportProblem) -> HeaderFields {
        guard let list = request["headers"], list.kind == .array else { throw ImportProblem("has no headers") }
        var fields: [HeaderField] = []
        for pair in list.elements {
            guard let name = pair["name"]?.string, let value = pair["value"]?.string else {
                throw ImportProblem("has a header that is no name and value")
            }
            if !name.hasPrefix(":") { fields.append(HeaderField(name, value)) }
        }
        return try RequestParts.headers(fields)
    }

    private static func body(_ request: JSONValue) throws(ImportProblem) -> [UInt8] {
        guard let post = request["postData"], post.kind == .object else { return [] }
        guard let text = post["text"], text.kind == .string else {
            // Browsers may list a form's fields instead of its bytes, which nobody can put together again.
            guard post["params"].map({ $0.elements.first { _ in true } == nil }) ?? true else {
                throw ImportProblem("has a form's fields instead of its body")
            }
            return []
        }
        guard post["encoding"]?.string == "base64" else { return Array((text.string ?? "").utf8) }
        guard let bytes = Base64Text.decode(text.rawBytes.dropFirst().dropLast()) else {
            throw ImportProblem("has a body that is no base 64")
        }
        return bytes
    }

    private static func uuid(_ ours: JSONValue?) throws(ImportProblem) -> UUIDv7? {
        guard let ours else { return nil }
        return try RecordReader.uuid(ours)
    }

    /// The same for the same entry each time, so that nothing is imported twice.
    private static func uuid(at time: Timestamp, _ parts: [String], _ body: [UInt8]) -> UUIDv7 {
        var digest = SHA256()
        for part in parts { digest.update(data: Array(part.utf8) + [0]) }
        digest.update(data: body)
        var generator = DigestGenerator(bytes: Array(digest.finalize()))
        return UUIDv7(at: time, using: &generator)
    }

    /// Gives a digest's bytes as numbers.
    private struct DigestGenerator: RandomNumberGenerator {
        var bytes: [UInt8]

        mutating func next() -> UInt64 {
            let word = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            bytes.removeFirst(min(8, bytes.count))
            return word
        }
    }
}
