package import Deliveries

/// A secret text. Messages and dumps never contain the text.
package struct Credential: Sendable, Hashable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

/// An access token of an account.
package struct AccessToken: Sendable, Hashable {
    /// The text after `Bearer`.
    package let text: String
    /// The expiry. Nil if the provider does not state it; the token is then used until the provider rejects it.
    package let expiresAt: Timestamp?

    /// Throws `unexpectedResponse` if a header cannot contain the text because of spaces, line breaks or non-ASCII
    /// characters.
    package init(_ text: String, expiresAt: Timestamp?) throws {
        guard !text.isEmpty, text.utf8.count <= 16_384, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw ProviderCallFailure.unexpectedResponse("The access token contains invalid characters.")
        }
        self.text = text
        self.expiresAt = expiresAt
    }

    /// A token counts as expired this long before its expiry. Otherwise it could expire before the request arrives.
    package static let marginMilliseconds: Int64 = 30_000

    package func isFresh(at now: Timestamp) -> Bool {
        guard let expiresAt else { return true }
        return expiresAt.milliseconds(since: now) > Self.marginMilliseconds
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[masked]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[masked]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
