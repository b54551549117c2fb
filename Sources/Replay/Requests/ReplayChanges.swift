package import Deliveries
package import StrictJSON
internal import TextForms

/// The changes that a replay makes to each delivery. All other bytes stay as they arrived.
package struct ReplayChanges: Sendable, Equatable {
    /// The headers to set. They replace the delivery's headers with the same names.
    package var headers: [HeaderField] = []
    package var droppedHeaders: [String] = []
    /// The assignments, in the order of their application. If `body` is set, the assignments apply to `body`.
    package var assignments: [JSONAssignment] = []
    package var body: [UInt8]?
    /// The paths that the user edited, if `body` is the edited body of the delivery. Nil if `body` replaces the whole
    /// body.
    package var editedPaths: [String]?

    package init() {}

    package var isEmpty: Bool { self == ReplayChanges() }

    /// The names of the changed parts, without values: `body`, `$.status`, `header X-Trace`.
    package var names: [String] {
        (body == nil ? [] : editedPaths ?? ["body"]) + assignments.map(\.path.text)
            + (headers.map(\.name) + droppedHeaders).map { "header \($0)" }
    }

    /// The changed body of a delivery.
    ///
    /// - Throws: `ReplayError.noValue`.
    func body(of delivery: ArchivedDelivery) throws(ReplayError) -> [UInt8] {
        var bytes = body ?? (assignments.isEmpty ? delivery.request.body : Self.editableBody(of: delivery))
        for assignment in assignments {
            guard let document = try? JSONDocument(parsing: bytes),
                let place = assignment.path.value(in: document.root)?.rawBytes
            else { throw .noValue(delivery.id, path: assignment.path.text) }
            bytes.replaceSubrange(place.indices, with: assignment.value)
        }
        return bytes
    }

    /// The bytes that a user can edit: the body as it arrived or, if only its decompressed or transcoded form is
    /// readable, that form.
    package static func editableBody(of delivery: ArchivedDelivery) -> [UInt8] {
        let stored = delivery.request.body
        guard !ReadableBody.isReadAsStored(stored), (try? JSONDocument(parsing: stored)) == nil else { return stored }
        let readable = delivery.readableBody
        return readable.problem == nil ? readable.bytes : stored
    }

    /// The headers of a request whose body was replaced by `body`. If `body` is plain UTF-8, removes headers that
    /// describe the old form: `Content-Encoding`, and `Content-Type`'s charset if the charset is different.
    static func headers(of request: InboundRequest, with body: [UInt8]) -> HeaderFields {
        guard body != request.body, ReadableBody.isReadAsStored(body) else { return request.headers }
        return HeaderFields(
            request.headers.fields.compactMap { field in
                if field.name.matchesIgnoringASCIICase("Content-Encoding") { return nil }
                let value = field.value.lowercased()
                guard field.name.matchesIgnoringASCIICase("Content-Type"), value.contains("charset="),
                    !value.contains("utf-8"), !value.contains("utf8")
                else { return field }
                return HeaderField(field.name, String(field.value.prefix { $0 != ";" }))
            })
    }

    func headers(of headers: [HeaderField]) -> [HeaderField] {
        let replaced = droppedHeaders + self.headers.map(\.name)
        return headers.filter { field in !replaced.contains { field.name.matchesIgnoringASCIICase($0) } } + self.headers
    }
}

/// A new value at a path in a JSON body: `$.path=value`.
package struct JSONAssignment: Sendable, Equatable {
    package let path: JSONPath
    /// The value as JSON text.
    package let value: [UInt8]

    /// Parses `$.path=value`. The value is read as JSON or, if it is not JSON, as the text of a string. Nil if the path
    /// or the `=` is missing.
    package init?(_ text: String) {
        for equals in text.indices where text[equals] == "=" {
            guard let path = JSONPath(String(text[..<equals])) else { continue }
            let value = String(text[text.index(after: equals)...])
            let isJSON = (try? JSONDocument(parsing: Array(value.utf8))) != nil
            self.path = path
            self.value = Array((isJSON ? value : JSONString.quote(value)).utf8)
            return
        }
        return nil
    }
}

extension HeaderField {
    /// Parses `Name: value`. Nil unless the name is a token (RFC 9110 §5.6.2) and the value has one line. Also nil for
    /// headers that frame the message, because the client writes them.
    package init?(line: String) {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = Self.name(String(parts[0])), String(parts[1]).isFieldValue else {
            return nil
        }
        var value = parts[1]
        while value.first == " " || value.first == "\t" { value.removeFirst() }
        while value.last == " " || value.last == "\t" { value.removeLast() }
        self.init(name, String(value))
    }

    /// The text if it is the name of a header that a replay can change; nil otherwise.
    package static func name(_ text: String) -> String? {
        let framing = ["Connection", "Content-Length", "Transfer-Encoding"]
        return text.isToken && !framing.contains { text.matchesIgnoringASCIICase($0) } ? text : nil
    }
}
