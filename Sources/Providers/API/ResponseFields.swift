internal import Deliveries
package import StrictJSON

/// A JSON response that is read field by field. Errors name the missing field and never quote values.
package struct ResponseFields: Sendable {
    /// The part of the response from which fields are read.
    package let value: JSONValue
    let response: ProviderResponse

    /// Throws `unexpectedResponse` if the body is not JSON.
    init(_ response: ProviderResponse) throws {
        do {
            self.init(try JSONDocument(parsing: response.body).root, response)
        } catch {
            throw ProviderCallFailure.unexpectedResponse("Its body is not JSON: \(error).")
        }
    }

    private init(_ value: JSONValue, _ response: ProviderResponse) {
        self.value = value
        self.response = response
    }

    /// A text. IDs that are written as numbers are also accepted. Throws `unexpectedResponse` if the member is missing
    /// or empty.
    func text(_ name: String) throws -> String {
        guard let text = optionalText(name) else { throw ProviderCallFailure.unexpectedResponse("\(name) is missing.") }
        return text
    }

    func optionalText(_ name: String) -> String? {
        value[name]?.scalarText.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A whole number, which may be written as text; nil if there is none.
    func integer(_ name: String) -> Int64? {
        value[name]?.scalarText.flatMap { Int64($0) }
    }

    /// The elements of the array `name`, or of the response itself if `name` is nil. Throws `unexpectedResponse` if the
    /// array is missing.
    func elements(_ name: String? = nil) throws -> [ResponseFields] {
        let array = name.map { value[$0] } ?? value
        guard let array, array.kind == .array else {
            throw ProviderCallFailure.unexpectedResponse("\(name ?? "The list") is missing.")
        }
        return array.elements.map { ResponseFields($0, response) }
    }

    /// An access token. The member `lifetime` contains its lifetime in seconds, counted from the response.
    func accessToken(_ name: String, lifetime: String) throws -> AccessToken {
        try AccessToken(try text(name), expiresAt: integer(lifetime).map { response.time(inSeconds: $0) })
    }
}

/// Members that are printed once, such as a link's URL. The value is null if the response does not contain the member.
extension ResponseFields {
    func shown(_ name: String, as shownName: String) -> JSONText.Member {
        .init(shownName, .optional(optionalText(name)))
    }
}
