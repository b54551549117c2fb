package import Deliveries
internal import JWTKit
internal import StrictJSON

/// Checks tokens against EZiD's public RSA key, which its documentation prints; there is no key set to fetch.
package struct EZiDTokenVerifier: Sendable {
    /// Why a token proves nothing.
    package enum Rejection: String, Error, Sendable {
        case noToken = "it is no JWT"
        case wrongAlgorithm = "it is not signed with RS256"
        case wrongSignature = "its signature is not that of the key"
        case noEnd = "it does not say when it expires"
        case expired = "it has expired"
        case wrongIssuer = "it was issued by somebody else"
        case wrongClient = "it was made for another client"
    }

    private static let issuer = "https://ezid.io"

    private let keys: JWTKeyCollection
    private let clientID: String

    /// Throws `badInput` for text that is no public RSA key in PEM.
    package init(publicKeyPEM: String, clientID: String) async throws(ProviderCallFailure) {
        let keys = JWTKeyCollection()
        do {
            await keys.add(rsa: try Insecure.RSA.PublicKey(pem: publicKeyPEM), digestAlgorithm: .sha256)
        } catch {
            throw .badInput("The public key of EZiD is no RSA key in PEM of at least 2048 bits.")
        }
        self.keys = keys
        self.clientID = clientID
    }

    /// Signature, end, and, where the token names them, issuer (`iss`) and client (`azp`; `sub` ends with it).
    package func claims(of token: Credential, at now: Timestamp) async throws(Rejection) -> EZiDClaims {
        guard let parts = JSONWebToken(token.text) else { throw .noToken }
        guard parts.header.root["alg"]?.string == "RS256" else { throw .wrongAlgorithm }
        do {
            _ = try await keys.verify(token.text, as: AnyClaims.self)
        } catch {
            throw .wrongSignature
        }
        let claims = EZiDClaims(parts, isVerified: true)
        guard let end = claims.expiresAt else { throw .noEnd }
        guard end > now else { throw .expired }
        guard claims.issuer == nil || claims.issuer == Self.issuer else { throw .wrongIssuer }
        guard claims.authorizedParty == nil || claims.authorizedParty == clientID else { throw .wrongClient }
        if claims.issuer != nil, let subject = claims.subject, !subject.hasSuffix("/\(clientID)") {
            throw .wrongClient
        }
        return claims
    }

    /// The signature is the library's to check; what it covers is read above.
    private struct AnyClaims: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) {}
    }
}
