internal import Crypto
internal import Deliveries
internal import StrictJSON

extension ArchivedDelivery {
    /// Stands for the peer's address in a delivery that Callbox fetched.
    static let fetchedPeer = "api"

    /// Whether this is the response to a call of ours. One that was imported is `unverified`, and read alike.
    var isFetched: Bool {
        verification == .fetched || verification == .unverified && request.peer == Self.fetchedPeer
    }

    /// The body as JSON, or why it is not.
    func parsedBody() -> Result<JSONDocument, JSONSyntaxError> {
        do throws(JSONSyntaxError) {
            return .success(try JSONDocument(parsing: request.body))
        } catch {
            return .failure(error)
        }
    }

    /// `body:` and the SHA-256 of the body: the key where the provider gives no identifier.
    var bodyKey: String {
        "body:" + Hex.encode(bodySHA256)
    }

    /// The one report of a delivery that cannot be read.
    func unrecognised(provider: String, problem: String, key: String? = nil) -> ParsedDelivery {
        ParsedDelivery(reports: [
            ReportContent(
                provider: provider, type: ReportContent.unrecognisedType, dedupeKey: key ?? bodyKey, problem: problem)
        ])
    }
}

extension InboundRequest {
    /// The request with its body's white space taken out. Only for checking a signature: what is archived is what came.
    var compacted: InboundRequest {
        InboundRequest(
            method: method, target: target, headers: headers, body: JSONCompaction.compact(body), peer: peer,
            receivedAt: receivedAt)
    }
}

/// Keys by which a repeated report is known.
enum DedupeKey {
    /// `prefix:identifier`; an identifier of unusual length is replaced by its SHA-256, for the key is indexed.
    static func key(_ prefix: String, _ identifier: String) -> String {
        guard identifier.utf8.count > 200 else { return "\(prefix):\(identifier)" }
        return "\(prefix):sha256:\(sha256Hex(identifier))"
    }

    /// The SHA-256 of a text in UTF-8, in hexadecimal.
    static func sha256Hex(_ text: String) -> String {
        sha256Hex(text.utf8)
    }

    /// The SHA-256 of bytes, in hexadecimal.
    static func sha256Hex(_ bytes: some Sequence<UInt8>) -> String {
        Hex.encode(SHA256.hash(data: Array(bytes)))
    }
}

extension JSONValue {
    /// A name that a type can be: a string of 1 to 200 bytes.
    var typeName: String? {
        guard let text = string, (1...200).contains(text.utf8.count) else { return nil }
        return text
    }

    /// The identifier that a non-empty string or a number is.
    var identifier: String? {
        guard let text = scalarText, !text.isEmpty else { return nil }
        return text
    }

    /// The moment that a string in RFC 3339's form names.
    var timestamp: Timestamp? {
        string.flatMap { Timestamp(rfc3339: $0.utf8) }
    }
}
