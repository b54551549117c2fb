internal import Crypto
internal import Deliveries
internal import StrictJSON

extension ArchivedDelivery {
    /// Stands for the peer's address in a delivery that Callbox fetched.
    static let fetchedPeer = "api"

    /// True if this is the response to a call of ours. One that was imported is `unverified`, and read alike.
    var isFetched: Bool {
        verification == .fetched || verification == .unverified && request.peer == Self.fetchedPeer
    }

    func parsedBody() -> Result<JSONDocument, JSONSyntaxError> {
        do throws(JSONSyntaxError) {
            return .success(try JSONDocument(parsing: request.body))
        } catch {
            return .failure(error)
        }
    }

    /// The reports that `read` finds in a JSON body.
    func parsed(provider: String, _ read: (JSONValue) -> ParsedDelivery) -> ParsedDelivery {
        switch parsedBody() {
        case .success(let document): read(document.root)
        case .failure(let error): unrecognised(provider: provider, problem: "the body is not JSON: \(error)")
        }
    }

    /// The key of a report without an identifier of the provider's.
    var bodyKey: String { "body:" + Hex.encode(bodySHA256) }

    /// The one report of a delivery that cannot be read.
    func unrecognised(provider: String, problem: String, key: String? = nil) -> ParsedDelivery {
        ParsedDelivery(reports: [
            ReportContent(
                provider: provider, type: ReportContent.unrecognisedType, dedupeKey: key ?? bodyKey, problem: problem)
        ])
    }
}

extension InboundRequest {
    /// The request with a compacted body, for checking a signature only.
    var compacted: InboundRequest {
        InboundRequest(
            method: method, target: target, headers: headers, body: JSONCompaction.compact(body), peer: peer,
            receivedAt: receivedAt)
    }
}

/// Keys that a repeated report shares with the first.
enum DedupeKey {
    /// `prefix:identifier`. The key is indexed, so an identifier over 200 bytes is replaced by its SHA-256.
    static func key(_ prefix: String, _ identifier: String) -> String {
        guard identifier.utf8.count > 200 else { return "\(prefix):\(identifier)" }
        return "\(prefix):sha256:\(sha256Hex(identifier))"
    }

    static func sha256Hex(_ text: String) -> String { sha256Hex(text.utf8) }

    static func sha256Hex(_ bytes: some Sequence<UInt8>) -> String {
        Hex.encode(SHA256.hash(data: Array(bytes)))
    }
}

extension JSONValue {
    /// A string of 1 to 200 bytes.
    var typeName: String? {
        guard let text = string, (1...200).contains(text.utf8.count) else { return nil }
        return text
    }

    /// A string that is not empty, or a number.
    var identifier: String? {
        guard let text = scalarText, !text.isEmpty else { return nil }
        return text
    }

    /// A time in RFC 3339's form.
    var timestamp: Timestamp? { string.flatMap { Timestamp(rfc3339: $0.utf8) } }
}
