internal import Crypto
internal import Deliveries
internal import Foundation
internal import StrictJSON

/// Reads the entries of a HAR: those of `export` as they arrived, those of browsers and proxies as far as a HAR can say.
enum HARReader {
    /// The peer of an entry that names none.
    static let unknownPeer = "imported"

    /// - Parameters:
    ///   - source: the source of every entry; nil for the one that an entry names, or that its path leads to.
    ///   - sourceAtPath: the name of the configured source at a path.
    /// - Returns: nil for an entry of no source.
    static func read(
        _ entry: JSONValue, source: String?, sourceAtPath: (String) -> String?
    ) throws(ImportProblem) -> RecordReader.Reading? {
        let ours = entry["_callbox"]
        guard ours?["masked"]?.boolean != true else {
            throw ImportProblem("is masked, so it is not what arrived; export it without --masked")
        }
        guard ours?["bodyPruned"] == nil else { return .bodyless }
        guard let request = entry["request"], request.kind == .object else { throw ImportProblem("has no request") }
        let target = try RequestParts.target(ours?["target"]?.string ?? target(request))
        let named = source ?? ours?["source"]?.string ?? sourceAtPath(RequestTarget(target).path)
        guard let named else { return nil }
        let body = try body(request)
        try RequestParts.check(body, ours?["bodySHA256"])
        guard let started = entry["startedDateTime"]?.string, let receivedAt = Timestamp(rfc3339: started.utf8) else {
            throw ImportProblem("has no 'startedDateTime'")
        }
        let method = try RequestParts.method(request["method"]?.string ?? "")
        let headers = try RequestParts.headers(request["headers"], leavingOutPseudoHeaders: true) {
            ($0["name"]?.string, $0["value"]?.string)
        }
        let uuid =
            try ours.map(RequestParts.uuid)
            ?? Self.uuid(at: receivedAt, [named, method, target, HeaderText.text(headers)], body)
        return .record(
            ImportedDelivery(
                uuid: uuid, source: named, receivedAt: receivedAt, method: method, target: target,
                peer: try RequestParts.peer(ours?["peer"]?.string ?? unknownPeer), headers: headers, body: body,
                claimed: ours?["verification"]?.string.flatMap(Verification.init) ?? .unverified))
    }

    /// The path and the query of the URL.
    private static func target(_ request: JSONValue) -> String {
        guard let url = request["url"]?.string else { return "" }
        let target = RequestTarget(String(url.prefix { $0 != "#" }))
        return (target.path.isEmpty ? "/" : target.path) + (target.query.map { "?\($0)" } ?? "")
    }

    private static func body(_ request: JSONValue) throws(ImportProblem) -> [UInt8] {
        guard let post = request["postData"], post.kind == .object else { return [] }
        guard let text = post["text"], text.kind == .string else {
            // Browsers may list a form's fields instead of its bytes, which cannot be restored from them.
            guard post["params"].map({ $0.elements.first { _ in true } == nil }) ?? true else {
                throw ImportProblem("has the fields of a form instead of its body")
            }
            return []
        }
        return post["encoding"]?.string == "base64" ? try RequestParts.base64(text) : Array((text.string ?? "").utf8)
    }

    /// Derived from the entry: a repeated import must find it.
    private static func uuid(at time: Timestamp, _ parts: [String], _ body: [UInt8]) -> UUIDv7 {
        var digest = SHA256()
        for part in parts { digest.update(data: Array(part.utf8) + [0]) }
        digest.update(data: body)
        var generator = DigestGenerator(bytes: Array(digest.finalize()))
        return UUIDv7(at: time, using: &generator)
    }

    private struct DigestGenerator: RandomNumberGenerator {
        var bytes: [UInt8]

        mutating func next() -> UInt64 {
            let word = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            bytes.removeFirst(min(8, bytes.count))
            return word
        }
    }
}
