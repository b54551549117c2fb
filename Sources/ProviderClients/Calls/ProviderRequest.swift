package import Deliveries
internal import StrictJSON

/// One call of a provider's API, before it is sent: pure text, so that it can be shown and compared.
package struct ProviderRequest: Sendable, Equatable {
    /// When a call may be made again although nobody knows what became of it.
    package enum Repetition: Sendable {
        /// Whenever it failed: the call changes nothing, or the same call twice is the same as once.
        case safe
        /// Only when it never left: it may have been carried out.
        case onlyWhenNotSent
    }

    package let method: String
    package let url: String
    package let headers: [HeaderField]
    package let body: [UInt8]
    package let repetition: Repetition
    /// Whether the account's access token is still to be put into `Authorization`.
    package let needsAccessToken: Bool

    package init(
        _ method: String, _ url: String, headers: [HeaderField] = [], body: [UInt8] = [],
        repetition: Repetition? = nil, needsAccessToken: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.repetition = repetition ?? (method == "GET" ? .safe : .onlyWhenNotSent)
        self.needsAccessToken = needsAccessToken
    }

    /// A call with a JSON body.
    init(
        _ method: String, _ url: String, headers: [HeaderField] = [], json: JSONText,
        repetition: Repetition? = nil, needsAccessToken: Bool = false
    ) {
        self.init(
            method, url, headers: [HeaderField("Content-Type", "application/json")] + headers,
            body: Array(json.compact.utf8), repetition: repetition, needsAccessToken: needsAccessToken)
    }

    /// The same call with the token in its header.
    func authorized(by token: AccessToken) -> ProviderRequest {
        guard needsAccessToken else { return self }
        return ProviderRequest(
            method, url, headers: headers + [HeaderField("Authorization", "Bearer \(token.text)")], body: body,
            repetition: repetition)
    }
}

extension ProviderRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Method and path; what a log may hold.
    package var description: String {
        "\(method) \(url.prefix { $0 != "?" })"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
