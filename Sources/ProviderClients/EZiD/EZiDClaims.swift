package import Deliveries
package import StrictJSON

/// What a token of EZiD's says (PROVIDERS.md 3.2).
package struct EZiDClaims: Sendable {
    /// Whether EZiD's signature was checked. Unverified claims prove nothing.
    package let isVerified: Bool
    package let subject: String?
    package let issuer: String?
    /// The client that the token was made for.
    package let authorizedParty: String?
    package let expiresAt: Timestamp?
    /// All of them.
    package let rest: JSONDocument

    /// Decodes without a check: for showing, never for letting somebody in. Nil for an opaque token.
    package init?(unverified token: Credential) {
        guard let token = JSONWebToken(token.text) else { return nil }
        self.init(token, isVerified: false)
    }

    init(_ token: JSONWebToken, isVerified: Bool) {
        let root = token.claims.root
        self.isVerified = isVerified
        subject = root["sub"]?.string
        issuer = root["iss"]?.string
        authorizedParty = root["azp"]?.string
        expiresAt = token.seconds("exp").map { Timestamp(secondsSinceEpoch: $0) }
        rest = token.claims
    }
}

extension Timestamp {
    /// Held at the end of the range for seconds beyond it.
    init(secondsSinceEpoch seconds: Int64) {
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        self.init(millisecondsSinceEpoch: overflow ? .max : milliseconds)
    }
}
