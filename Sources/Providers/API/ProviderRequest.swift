package import Deliveries

/// A request to a provider's API before it is sent. It is a value, so it can be shown and compared.
package struct ProviderRequest: Sendable, Equatable {
    /// The failures after which a request may be sent again.
    package enum Repetition: Sendable {
        /// After any failure: the request is idempotent.
        case safe
        /// After a failure before the request was sent, because otherwise it may have been carried out.
        case onlyWhenNotSent
    }

    package let method: String
    package let url: String
    package let headers: [HeaderField]
    package let body: [UInt8]
    package let repetition: Repetition
    /// True if the transport adds `Authorization: Bearer` with the account's access token.
    package let needsAccessToken: Bool
    /// True if the URL is from a response and has another host. It is then fetched only from public addresses.
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
    /// The method and the path, which logs may contain.
    package var description: String { "\(method) \(url.prefix { $0 != "?" })" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

package struct ProviderResponse: Sendable, Equatable {
    package let status: Int
    package let headers: HeaderFields
    package let body: [UInt8]
    /// The time at which the last byte arrived. Lifetimes in seconds start at this time.
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

    /// True if the status says that the call was carried out.
    package var isSuccess: Bool { (200...299).contains(status) }

    /// A time `seconds` after this response. Lifetimes are limited to 32 years, because a provider may send any number.
    func time(inSeconds seconds: Int64) -> Timestamp {
        receivedAt.advanced(byMilliseconds: min(max(seconds, 0), 1_000_000_000) * 1000)
    }
}
