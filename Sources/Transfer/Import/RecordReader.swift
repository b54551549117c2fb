internal import Deliveries
package import StrictJSON

/// Reads the records that `export` writes. Checks the records like any untrusted input.
enum RecordReader {
    enum Reading: Equatable {
        case record(ImportedDelivery)
        /// The record has no body, because the body was pruned before the export.
        case bodyless
    }

    /// - Parameter source: the source of all records; nil to use the source that each record names.
    static func read(_ value: JSONValue, source: String? = nil) throws(ImportProblem) -> Reading {
        guard value.kind == .object, let version = value["callbox"] else {
            throw ImportProblem("is neither a record of 'callbox export' nor a HAR")
        }
        guard version.integer == DeliveryRecord.version else {
            throw ImportProblem("was written by another version of Callbox")
        }
        guard value["masked"]?.boolean != true else { throw .masked }
        guard value["bodyPruned"] == nil else { return .bodyless }
        let body = try body(value)
        if let count = value["bodyBytes"], count.integer != Int64(body.count) {
            throw ImportProblem("has a body of \(body.count) bytes, which does not match 'bodyBytes'")
        }
        try RequestParts.check(body, value["bodySHA256"])
        if value["bodySHA256"] == nil, value["body"] != nil { try RequestParts.checkCharacters(body) }
        let named = try text(value, "source")
        guard let receivedAt = Timestamp(rfc3339: try text(value, "receivedAt").utf8) else {
            throw ImportProblem("has an invalid 'receivedAt'")
        }
        guard let verification = Verification(rawValue: try text(value, "verification")) else {
            throw ImportProblem("has an invalid 'verification'")
        }
        let headers = try RequestParts.headers(value["headers"]) { pair in
            let parts = pair.elements.map(\.string)
            return parts.count == 2 ? (parts[0], parts[1]) : (nil, nil)
        }
        return .record(
            ImportedDelivery(
                uuid: try RequestParts.uuid(value), source: source ?? named, receivedAt: receivedAt,
                method: try RequestParts.method(text(value, "method")),
                target: try RequestParts.target(text(value, "target")),
                peer: try RequestParts.peer(text(value, "peer")), headers: headers, body: body, claimed: verification))
    }

    private static func text(_ value: JSONValue, _ name: String) throws(ImportProblem) -> String {
        guard let text = value[name]?.string, !text.isEmpty else { throw ImportProblem("has no '\(name)'") }
        return text
    }

    private static func body(_ value: JSONValue) throws(ImportProblem) -> [UInt8] {
        switch (value["body"], value["bodyBase64"]) {
        case (let body?, nil):
            guard let text = body.string else { throw ImportProblem("has a 'body' that is not a string") }
            return Array(text.utf8)
        case (nil, let body?): return try RequestParts.base64(body)
        case (nil, nil): throw ImportProblem("has no 'body'")
        case (_?, _?): throw ImportProblem("has both 'body' and 'bodyBase64'")
        }
    }
}

extension JSONValue {
    /// The value as a whole number that is not negative; nil otherwise.
    package var integer: Int64? {
        kind == .number ? DecimalText.nonNegative(rawText.utf8) : nil
    }
}
