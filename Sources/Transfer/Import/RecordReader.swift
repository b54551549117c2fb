internal import Crypto
internal import Deliveries
package import StrictJSON

/// Reads the records that `export` writes. Every one of them is checked as if a stranger had written it.
enum RecordReader {
    enum Reading: Equatable {
        case record(ImportedDelivery)
        /// The body was pruned before it was exported.
        case bodyless
    }

    /// - Parameter source: where it goes, whatever it says; nil to go by what it says.
    static func read(_ value: JSONValue, source: String? = nil) throws(ImportProblem) -> Reading {
        guard value.kind == .object, let version = value["callbox"] else {
            throw ImportProblem("is no record of 'callbox export'")
        }
        guard version.integer == DeliveryRecord.version else {
            throw ImportProblem("was written by another version of Callbox")
        }
        guard value["masked"]?.boolean != true else {
            throw ImportProblem("is masked, and so not what arrived: export it without --masked")
        }
        guard value["bodyPruned"] == nil else { return .bodyless }
        let body = try body(value)
        try check(body, value)
        let named = try text(value, "source")
        return .record(
            ImportedDelivery(
                uuid: try uuid(value), source: source ?? named, receivedAt: try time(value),
                method: try RequestParts.method(text(value, "method")),
                target: try RequestParts.target(text(value, "target")),
                peer: try RequestParts.peer(text(value, "peer")), headers: try headers(value), body: body,
                claimed: try verification(value)))
    }

    private static func text(_ value: JSONValue, _ name: String) throws(ImportProblem) -> String {
        guard let text = value[name]?.string, !text.isEmpty else { throw ImportProblem("lacks '\(name)'") }
        return text
    }

    static func uuid(_ value: JSONValue) throws(ImportProblem) -> UUIDv7 {
        let text = try text(value, "uuid")
        guard let bytes = Hex.decode(text.utf8.filter { $0 != UInt8(ascii: "-") }), let uuid = UUIDv7(bytes: bytes),
            uuid.description == text
        else { throw ImportProblem("has a wrong 'uuid'") }
        return uuid
    }

    private static func time(_ value: JSONValue) throws(ImportProblem) -> Timestamp {
        guard let time = Timestamp(rfc3339: try text(value, "receivedAt").utf8) else {
            throw ImportProblem("has a wrong 'receivedAt'")
        }
        return time
    }

    private static func verification(_ value: JSONValue) throws(ImportProblem) -> Verification {
        guard let verification = Verification(rawValue: try text(value, "verification")) else {
            throw ImportProblem("has a wrong 'verification'")
        }
        return verification
    }

    private static func headers(_ value: JSONValue) throws(ImportProblem) -> HeaderFields {
        guard let list = value["headers"], list.kind == .array else { throw ImportProblem("lacks 'headers'") }
        var fields: [HeaderField] = []
        for pair in list.elements {
            let parts = pair.elements.map(\.string)
            guard parts.count == 2, let name = parts[0], let value = parts[1] else {
                throw ImportProblem("has a header that is no name and value")
            }
            fields.append(HeaderField(name, value))
        }
        return try RequestParts.headers(fields)
    }

    private static func body(_ value: JSONValue) throws(ImportProblem) -> [UInt8] {
        switch (value["body"], value["bodyBase64"]) {
        case (let body?, nil):
            guard let text = body.string else { throw ImportProblem("has a 'body' that is no string") }
            return Array(text.utf8)
        case (nil, let body?):
            guard body.kind == .string, let bytes = Base64Text.decode(body.rawBytes.dropFirst().dropLast()) else {
                throw ImportProblem("has a 'bodyBase64' that is no base 64")
            }
            return bytes
        case (nil, nil): throw ImportProblem("lacks 'body'")
        case (_?, _?): throw ImportProblem("has both 'body' and 'bodyBase64'")
        }
    }

    /// Length and hash where they are given, as `export` gives them.
    private static func check(_ body: [UInt8], _ value: JSONValue) throws(ImportProblem) {
        if let count = value["bodyBytes"], count.integer != Int64(body.count) {
            throw ImportProblem("has a body of \(body.count) bytes where 'bodyBytes' says something else")
        }
        if let sha256 = value["bodySHA256"] {
            guard let text = sha256.string, Hex.decode(text.utf8) == Array(SHA256.hash(data: body)) else {
                throw ImportProblem("has a body that 'bodySHA256' does not fit")
            }
        }
    }
}

extension JSONValue {
    /// A whole number that is not negative.
    package var integer: Int64? {
        kind == .number ? DecimalText.nonNegative(rawText.utf8) : nil
    }
}
