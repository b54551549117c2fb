package import Deliveries

/// A secret text. It is never part of a message or a dump.
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
    /// The expiry; nil if the provider does not state it. The token is then used until it is rejected.
    package let expiresAt: Timestamp?

    /// Throws `unexpectedResponse` for texts that a header cannot contain: spaces, line breaks, non-ASCII characters.
    package init(_ text: String, expiresAt: Timestamp?) throws {
        guard !text.isEmpty, text.utf8.count <= 16_384, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw ProviderCallFailure.unexpectedResponse("The access token contains invalid characters.")
        }
        self.text = text
        self.expiresAt = expiresAt
    }

    /// A token counts as expired half a minute early, so it does not expire before it arrives.
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
