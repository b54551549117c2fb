internal import Crypto
internal import CryptoExtras
internal import Deliveries
internal import Foundation
internal import StrictJSON

/// Checks tokens with EZiD's public RSA key, which its documentation contains. EZiD publishes no key set to fetch
/// (ezid-reference: Tokens).
struct EZiDTokenVerifier: Sendable {
    enum Rejection: String, Error, Sendable {
        case noKey = "no public key of EZiD is configured"
        case noToken = "it is not a JWT"
        case wrongAlgorithm = "it is not signed with RS256"
        case wrongSignature = "its signature does not match the key"
        case noEnd = "it has no expiry"
        case expired = "it has expired"
        case wrongIssuer = "it has another issuer"
        case wrongClient = "it was issued for another client"
    }

    private static let issuer = "https://ezid.io"

    private let key: _RSA.Signing.PublicKey?
    private let clientID: String

    /// Throws `badInput` if the key is not a public RSA key in PEM.
    init(_ account: APIAccount) throws {
        clientID = account.text("client-id")
        do {
            key = try account.optionalText("public-key").map { try _RSA.Signing.PublicKey(pemRepresentation: $0) }
        } catch {
            throw ProviderCallFailure.badInput(
                "The public key of EZiD is not an RSA key of at least 2048 bits in PEM.")
        }
    }

    /// The result as `{verified, rejection, claims}`. Includes the claims even if the token is not verified.
    func describe(_ token: String, at now: Timestamp) -> JSONText {
        var rejection: Rejection?
        do {
            try verify(token, at: now)
        } catch {
            rejection = error
        }
        return .object([
            .init("verified", .boolean(rejection == nil)), .init("rejection", .optional(rejection?.rawValue)),
            .init("claims", JSONWebToken(token).map { .raw($0.claims.root.rawText) } ?? .null),
        ])
    }

    /// Checks the signature (RFC 7515) and the expiry. Also checks the issuer (`iss`) and the client (`azp`, end of
    /// `sub`) if the token names them.
    func verify(_ text: String, at now: Timestamp) throws(Rejection) {
        guard let key else { throw .noKey }
        guard let token = JSONWebToken(text) else { throw .noToken }
        guard token.header.root["alg"]?.string == "RS256" else { throw .wrongAlgorithm }
        guard
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: Data(token.signature)),
                for: SHA256.hash(data: token.signed), padding: .insecurePKCS1v1_5)
        else { throw .wrongSignature }
        let claims = token.claims.root
        guard let end = token.time("exp") else { throw .noEnd }
        guard end > now else { throw .expired }
        guard let issuer = claims["iss"]?.string else { return try verifyParty(claims) }
        guard issuer == Self.issuer else { throw .wrongIssuer }
        try verifyParty(claims)
        if let subject = claims["sub"]?.string, !subject.hasSuffix("/\(clientID)") { throw .wrongClient }
    }

    private func verifyParty(_ claims: JSONValue) throws(Rejection) {
        if let party = claims["azp"]?.string, party != clientID { throw .wrongClient }
    }
}
