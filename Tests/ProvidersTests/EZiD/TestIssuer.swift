import CryptoExtras
import Deliveries
import Foundation

/// Signs tokens as EZiD does, with a new key for each test run. Does not use the library that verifies tokens.
struct TestIssuer: Sendable {
    /// The issuer of all tests. There is only one issuer, because generating a key is slow.
    static let shared = Result { try TestIssuer() }

    private let key: _RSA.Signing.PrivateKey

    init() throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    var publicKeyPEM: String { key.publicKey.pemRepresentation }

    func token(_ claims: String, header: String = #"{"alg":"RS256","typ":"JWT"}"#) throws -> String {
        let signed = Self.part(Array(header.utf8)) + "." + Self.part(Array(claims.utf8))
        let signature = try key.signature(for: Data(signed.utf8), padding: .insecurePKCS1v1_5)
        return signed + "." + Self.part(Array(signature.rawRepresentation))
    }

    static func part(_ bytes: [UInt8]) -> String {
        Base64Text.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
