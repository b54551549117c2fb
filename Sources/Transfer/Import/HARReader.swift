internal import Crypto
internal import Deliveries
internal import Foundation
internal import StrictJSON
internal import TextForms

/// Reads the entries of a HAR. Entries that `export` wrote are restored exactly; entries of browsers and proxies are
/// restored as far as a HAR allows.
enum HARReader {
    /// The peer of an entry that does not name a peer.
    static let unknownPeer = "imported"

    /// - Parameters:
    ///   - source: the source of all entries; nil to use the source that the entry names, or else the source with the
    ///     path of the entry's URL.
    ///   - sourceAtPath: returns the name of the configured source with a path.
    /// - Returns: nil for an entry that belongs to no source.
    static func read(
        _ entry: JSONValue, source: String?, sourceAtPath: (String) -> String?
    ) throws(ImportProblem) -> RecordReader.Reading? {
        let ours = entry["_callbox"]
        guard ours?["masked"]?.boolean != true else { throw .masked }
        guard let request = entry["request"], request.kind == .object else {
            guard source == nil, ours == nil else { throw ImportProblem("has no request") }
            return nil
        }
        guard ours != nil || isDelivery(entry, request) else { return nil }
        let given = ours?["target"]?.string ?? target(request)
        let named = source ?? ours?["source"]?.string ?? sourceAtPath(RequestTarget(given).path)
        guard let named else { return nil }
        guard ours?["bodyPruned"] == nil else { return .bodyless }
        let target = try RequestParts.target(given)
        let headers = try RequestParts.headers(request["headers"], leavingOutPseudoHeaders: true) {
            ($0["name"]?.string, $0["value"]?.scalarText)
        }
        if ours == nil { try check(target, headers, request) }
        let body = try HARBody.read(request, headers, sha256: ours?["bodySHA256"])
        guard let receivedAt = entry["startedDateTime"]?.scalarText.flatMap(TimeText.read) else {
            throw ImportProblem("has no valid 'startedDateTime', such as 2026-11-21T10:00:00Z")
        }
        let method = try RequestParts.method(request["method"]?.string ?? "")
        let uuid =
            try ours.map(RequestParts.uuid)
            ?? Self.uuid(at: receivedAt, [named, method, target, HeaderText.text(headers)], body)
        return .record(
            ImportedDelivery(
                uuid: uuid, source: named, receivedAt: receivedAt, method: method, target: target,
                peer: try RequestParts.peer(ours?["peer"]?.string ?? unknownPeer), headers: headers, body: body,
                claimed: ours?["verification"]?.string.flatMap(Verification.init) ?? .unverified))
    }

    /// False for WebSockets, CONNECT tunnels of proxies, and internal URLs of a browser such as `data:` and `blob:`.
    private static func isDelivery(_ entry: JSONValue, _ request: JSONValue) -> Bool {
        guard let url = request["url"]?.string?.prefix(8).lowercased(), url.hasPrefix("http://") || url == "https://"
        else { return false }
        return request["method"]?.string?.uppercased() != "CONNECT" && entry["_resourceType"]?.string != "websocket"
    }

    /// The path and the query of the URL.
    private static func target(_ request: JSONValue) -> String {
        guard let url = request["url"]?.string else { return "" }
        let target = RequestTarget(String(url.prefix { $0 != "#" }))
        return (target.path.isEmpty ? "/" : target.path) + (target.query.map { "?\($0)" } ?? "")
    }

    /// Rejects a URL without its query, as Insomnia writes it. Also rejects the characters that tools write for bytes
    /// that are not UTF-8.
    private static func check(
        _ target: String, _ headers: HeaderFields, _ request: JSONValue
    ) throws(ImportProblem) {
        guard RequestTarget(target).query != nil || request["queryString"]?.elements.first(where: { _ in true }) == nil
        else { throw ImportProblem("has a query that is missing from its URL, so the URL is not the original one") }
        let texts = [target] + headers.fields.map(\.value)
        guard !texts.contains(where: { $0.unicodeScalars.contains("\u{fffd}") }) else {
            throw ImportProblem("has replacement characters in its URL or headers instead of the original bytes")
        }
    }

    /// A UUID that is derived from the entry, so a second import of the entry is recognised.
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
