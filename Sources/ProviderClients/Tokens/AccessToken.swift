package import Deliveries
internal import Redaction

/// What a provider gave for the credentials: opens the account until it expires. Shows itself to nobody.
package struct AccessToken: Sendable, Hashable {
    /// The text after `Bearer`.
    package let text: String
    /// Nil where the provider does not say: good until it is rejected.
    package let expiresAt: Timestamp?

    /// Nil for texts that no header can carry: spaces, line ends and everything outside of ASCII.
    package init?(_ text: String, expiresAt: Timestamp?) {
        guard !text.isEmpty, text.utf8.count <= 16_384, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return nil
        }
        self.text = text
        self.expiresAt = expiresAt
    }

    /// When a token ends that lives for `seconds`, which a provider says and may overdo.
    static func end(inSeconds seconds: Int64, from now: Timestamp) -> Timestamp {
        now.advanced(byMilliseconds: min(max(seconds, 0), 1_000_000_000) * 1000)
    }

    /// Half a minute before its end a token counts as expired, so that it does not end on the way.
    static let marginMilliseconds: Int64 = 30_000

    func isFresh(at now: Timestamp) -> Bool {
        guard let expiresAt else { return true }
        return expiresAt.milliseconds(since: now) > Self.marginMilliseconds
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Masking.mask }
    package var debugDescription: String { Masking.mask }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
