/// Gives out the three tokens of a log-in (PROVIDERS.md 3.2).
struct EZiDTokenIssuer: Sendable {
    /// Of id and access tokens: ten hours.
    static let lifeSeconds: Int64 = 36_000

    /// Who logged in, and what the customer wants to read in the access token.
    struct Identity: Sendable {
        /// An e-mail address.
        let address: String
        let customClaims: JSON
    }

    /// Nil until the first need, for it takes a while to make.
    private var key: EZiDSigningKey?

    init(key: EZiDSigningKey? = nil) {
        self.key = key
    }

    mutating func issue(for identity: Identity, _ world: inout World) throws(EZiDRefusal) -> APIReply {
        let key = try signingKey()
        let issuedAt = world.secondsSinceEpoch
        let subject = "\(identity.address).ezid.io/\(SandboxAccount.ezidClientID)"
        let idToken = try key.token(claims: [
            "sub": .string(subject), "iss": "https://ezid.io", "email": .string(identity.address),
            "proxy_email": .string(Self.proxyEmail(of: identity.address)), "nonce": .string(world.random.hex(32)),
            "iat": .integer(issuedAt), "exp": .integer(issuedAt + Self.lifeSeconds),
        ])
        let accessToken = try key.token(claims: [
            "sub": .string(subject), "iss": "https://ezid.io", "azp": .string(SandboxAccount.ezidClientID),
            "scope": "openid allow:invite", "custom_claims": identity.customClaims,
            "iat": .integer(issuedAt), "exp": .integer(issuedAt + Self.lifeSeconds),
        ])
        return .json(
            200,
            [
                "id_token": .string(idToken), "access_token": .string(accessToken),
                "refresh_token": .string(world.random.uuid()), "success": true,
            ])
    }

    mutating func publicKey() throws(EZiDRefusal) -> APIReply {
        APIReply(
            status: 200, headers: [HeaderLine("Content-Type", "application/x-pem-file")],
            body: Array(try signingKey().publicKeyPEM.utf8))
    }

    private mutating func signingKey() throws(EZiDRefusal) -> EZiDSigningKey {
        if let key { return key }
        let made = try EZiDSigningKey()
        key = made
        return made
    }

    /// The same for the same person every time.
    private static func proxyEmail(of address: String) -> String {
        "\(Hex.sha256(Array(address.utf8)).prefix(16))@proxy.example.com"
    }
}
