internal import CryptoExtras
internal import Foundation

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

/// The RSA key whose signature the id and access tokens carry: RS256, that is PKCS #1 v1.5 over SHA-256.
struct EZiDSigningKey: Sendable {
    private let key: _RSA.Signing.PrivateKey

    /// A new key of 2048 bits.
    init() throws(EZiDRefusal) {
        do {
            key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        } catch {
            throw EZiDRefusal("no signing key could be made", status: 500)
        }
    }

    /// - Parameter pem: a private key of at least 2048 bits.
    init(pem: String) throws(SandboxRefusal) {
        do {
            key = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
        } catch {
            throw SandboxRefusal("the signing key must be an RSA private key of at least 2048 bits, as PEM")
        }
    }

    var publicKeyPEM: String { key.publicKey.pemRepresentation }

    func token(claims: JSON) throws(EZiDRefusal) -> String {
        let input = JSONWebToken.signingInput(algorithm: "RS256", claims: claims)
        do {
            let signature = try key.signature(for: Data(input.utf8), padding: .insecurePKCS1v1_5)
            return "\(input).\(JSONWebToken.base64URL(signature.rawRepresentation))"
        } catch {
            throw EZiDRefusal("the token could not be signed", status: 500)
        }
    }
}
