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
        let body = try HARBody.read(request, headers, sha256: ours?["bodySHA256"])
        guard let receivedAt = time(entry["startedDateTime"]) else {
            throw ImportProblem("has no 'startedDateTime' that RFC 3339 allows")
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

    /// False for WebSockets, tunnels of proxies and URLs of a browser, such as `data:` and `blob:`.
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

    /// A time as HAR writes it (RFC 3339), or seconds or milliseconds since 1970.
    private static func time(_ value: JSONValue?) -> Timestamp? {
        guard let text = value?.scalarText else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = DecimalText.nonNegative(parts[0].utf8) else { return Timestamp(rfc3339: text.utf8) }
        // 10 digits are seconds until the year 2286, 13 are milliseconds since 2001.
        guard whole < 100_000_000_000 else {
            return whole < 100_000_000_000_000 ? Timestamp(millisecondsSinceEpoch: whole) : nil
        }
        let fraction = parts.count == 2 ? (parts[1] + "000").prefix(3) : "0"
        guard let milliseconds = DecimalText.nonNegative(fraction.utf8) else { return nil }
        return Timestamp(millisecondsSinceEpoch: whole * 1000 + milliseconds)
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
