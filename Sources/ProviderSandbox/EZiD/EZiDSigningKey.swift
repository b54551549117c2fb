internal import CryptoExtras
internal import Foundation

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
