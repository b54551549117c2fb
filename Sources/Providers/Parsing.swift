internal import Crypto
package import Deliveries
internal import StrictJSON
internal import TextForms

extension ArchivedDelivery {
    /// The peer that is stored, instead of an address, with a delivery that Callbox fetched.
    static let fetchedPeer = "api"

    /// True if the delivery is the response to Callbox's own call. An imported response is `unverified`, but is parsed
    /// in the same way.
    var isFetched: Bool {
        verification == .fetched || verification == .unverified && request.peer == Self.fetchedPeer
    }

    /// The delivery with its decoded body. The SHA-256 is computed from the decoded body, because a sender may compress
    /// a repeat to different bytes.
    func read(as body: ReadableBody) -> ArchivedDelivery {
        guard !body.forms.isEmpty else { return self }
        return ArchivedDelivery(
            id: id, uuid: uuid, source: source, request: request.with(body: body.bytes), verification: verification,
            secretName: secretName, bodySHA256: Array(SHA256.hash(data: body.bytes)))
    }

    func parsedBody() -> Result<JSONDocument, JSONSyntaxError> {
        do throws(JSONSyntaxError) {
            return .success(try JSONDocument(parsing: request.body))
        } catch {
            return .failure(error)
        }
    }

    /// The reports that `read` finds in a JSON body. A body that is not JSON becomes one unrecognised report.
    func parsed(provider: String, _ read: (JSONValue) -> ParsedDelivery) -> ParsedDelivery {
        switch parsedBody() {
        case .success(let document): read(document.root)
        case .failure(let error): unrecognised(provider: provider, problem: notJSON(error))
        }
    }

    /// Describes the problem of a body that is not JSON.
    func notJSON(_ error: JSONSyntaxError) -> String {
        let type = request.headers.values(named: "Content-Type").first?.prefix { $0 != ";" }.lowercased() ?? ""
        let start = request.body.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) }.prefix(16)
        let text = String(decoding: start, as: UTF8.self).lowercased()
        let form: String
        if text.isEmpty {
            form = "it is empty"
        } else if type == "application/x-www-form-urlencoded" {
            form = "it is a form (application/x-www-form-urlencoded)"
        } else if type.hasPrefix("multipart/") {
            form = "it has several parts (multipart)"
        } else if text.hasPrefix("<") {
            form = text.hasPrefix("<!doctype html") || text.hasPrefix("<html") ? "it is HTML" : "it is XML"
        } else if text.hasPrefix("%pdf-") {
            form = "it is a PDF"
        } else {
            form = "\(error)"
        }
        return "the body is not JSON: \(form)"
    }

    /// The key of a report that has no identifier from the provider.
    var bodyKey: String { "body:" + Hex.encode(bodySHA256) }

    /// The single report of a delivery that cannot be parsed.
    func unrecognised(provider: String, problem: String, key: String? = nil) -> ParsedDelivery {
        ParsedDelivery(reports: [
            ReportContent(
                provider: provider, type: ReportContent.unrecognisedType, dedupeKey: key ?? bodyKey, problem: problem)
        ])
    }
}

extension InboundRequest {
    /// The request with its body compacted. Used only to check a signature.
    var compacted: InboundRequest { with(body: JSONCompaction.compact(body)) }

    package func with(body: [UInt8]) -> InboundRequest {
        InboundRequest(
            method: method, target: target, headers: headers, body: body, peer: peer, receivedAt: receivedAt, id: id,
            certificate: certificate)
    }
}

/// Keys that identify the repeats of a report.
enum DedupeKey {
    /// A key such as `prefix:identifier`. An identifier longer than 200 bytes is replaced by its SHA-256, because keys
    /// are indexed.
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
    /// The value as the name of a type; nil unless it is a string of 1 to 200 bytes.
    var typeName: String? {
        guard let text = string, (1...200).contains(text.utf8.count) else { return nil }
        return text
    }

    /// The value as an identifier; nil unless it is a number or a string that is not empty.
    var identifier: String? {
        guard let text = scalarText, !text.isEmpty else { return nil }
        return text
    }
}
