package import Deliveries

/// A request to a provider's API. It is a value, so it can be shown and compared before it is sent.
package struct ProviderRequest: Sendable, Equatable {
    /// The kinds of failure after which a request may be sent again.
    package enum Repetition: Sendable {
        /// The request may be sent again after any failure, because it is idempotent.
        case safe
        /// The request may be sent again only if it was not sent. Otherwise the provider may have executed it.
        case onlyWhenNotSent
    }

    package let method: String
    package let url: String
    package let headers: [HeaderField]
    package let body: [UInt8]
    package let repetition: Repetition
    /// True if the transport must add `Authorization: Bearer` with the account's access token.
    package let needsAccessToken: Bool
    /// True if the URL was taken from a response and has another host. The transport then connects only to public
    /// addresses.
    package let isForeign: Bool

    package init(
        _ method: String, _ url: String, headers: [HeaderField] = [], body: [UInt8] = [],
        repetition: Repetition? = nil, needsAccessToken: Bool = false, isForeign: Bool = false
    ) {
        self.isForeign = isForeign
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.repetition = repetition ?? (method == "GET" ? .safe : .onlyWhenNotSent)
        self.needsAccessToken = needsAccessToken
    }

    package func authorized(by token: AccessToken) -> ProviderRequest {
        guard needsAccessToken else { return self }
        return ProviderRequest(
            method, url, headers: headers + [HeaderField("Authorization", "Bearer \(token.text)")], body: body,
            repetition: repetition, isForeign: isForeign)
    }
}

extension ProviderRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The method and the path, without the query. Logs may contain this text.
    package var description: String { "\(method) \(url.prefix { $0 != "?" })" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

package struct ProviderResponse: Sendable, Equatable {
    package let status: Int
    package let headers: HeaderFields
    package let body: [UInt8]
    /// The time at which the last byte arrived. Lifetimes in seconds are counted from this time.
    package let receivedAt: Timestamp

    package init(
        status: Int, headers: HeaderFields = [], body: [UInt8] = [],
        receivedAt: Timestamp = Timestamp(millisecondsSinceEpoch: 0)
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.receivedAt = receivedAt
    }

    /// True if the status reports success.
    package var isSuccess: Bool { (200...299).contains(status) }

    /// The time `seconds` after this response. Lifetimes are limited to 32 years, because a provider may send a number
    /// of any size.
    func time(inSeconds seconds: Int64) -> Timestamp {
        receivedAt.advanced(byMilliseconds: min(max(seconds, 0), 1_000_000_000) * 1000)
    }
}
