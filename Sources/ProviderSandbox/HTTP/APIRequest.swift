internal import Deliveries
internal import Foundation
internal import StrictJSON

/// A call to a fake API, or a view of one of its pages.
struct APIRequest: Sendable {
    let method: String
    /// The path components, percent-decoded and without empty ones: `/a//b/` is `["a", "b"]`.
    let path: [String]
    let query: [QueryItem]
    let headers: HeaderFields
    let body: [UInt8]

    init(method: String, target: String, headers: [HeaderField] = [], body: [UInt8] = []) {
        let target = RequestTarget(target)
        self.method = method
        self.path = target.path.utf8.split(separator: UInt8(ascii: "/")).map { PercentText.decode($0) }
        self.query = target.queryItems
        self.headers = HeaderFields(headers)
        self.body = body
    }

    init(_ request: InboundRequest) {
        self.init(
            method: request.method, target: request.target.text, headers: request.headers.fields, body: request.body)
    }

    var object: JSON? {
        // `flatMap` would confuse a missing value with JSON's null.
        guard let json = JSON(parsing: body), json.members != nil else { return nil }
        return json
    }

    /// The object in the body after checking its fields. For an invalid body, throws a rejection that lists the
    /// problems.
    func object(_ fields: [BodyField], rejecting reject: ([String]) -> Rejection) throws -> JSON {
        guard let object else { throw reject(["the body must be an object"]) }
        let texts = fields.problems(in: object).flatMap(\.texts)
        guard texts.isEmpty else { throw reject(texts) }
        return object
    }

    /// The fields of a form in the body (`application/x-www-form-urlencoded`).
    var form: [QueryItem] {
        RequestTarget("/?" + String(decoding: body, as: UTF8.self)).queryItems
    }

    func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The value of a field; nil if the field is missing or blank.
    func formValue(_ name: String) -> String? {
        form.first { $0.name == name }?.value.nonBlank
    }

    func authorization(_ scheme: String) -> String? {
        guard let value = headers.values(named: "Authorization").first, value.hasPrefix(scheme + " ") else {
            return nil
        }
        return String(value.dropFirst(scheme.count + 1))
    }

    /// The path, as the providers' error messages show it.
    var pathText: String { "/" + path.joined(separator: "/") }
}

extension String {
    /// The text; nil if it consists only of white space.
    var nonBlank: String? { contains { !$0.isWhitespace } ? self : nil }
}

extension [HeaderField] {
    func value(of name: String) -> String? {
        HeaderFields(self).values(named: name).first
    }

    /// Replaces the value of the first line with this name, and removes all further lines with the same name. Does
    /// nothing if there is no such line.
    mutating func replaceValue(of name: String, with value: String) {
        guard let index = firstIndex(where: { $0.name.matchesIgnoringASCIICase(name) }) else { return }
        self[index] = HeaderField(self[index].name, value)
        self = self[...index] + self[(index + 1)...].filter { !$0.name.matchesIgnoringASCIICase(name) }
    }
}
