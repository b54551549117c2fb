/// The `code` of an EZiD magic link (PROVIDERS.md 3.1): a compact JWT, HS256, with a key that only EZiD has.
package enum EZiDCode {
    package static func value(
        uuid: String, issuedAtSeconds: Int64, expiresAtSeconds: Int64, key: [UInt8]
    ) -> String {
        JSONWebToken.hs256(
            claims: ["uuid": .string(uuid), "iat": .integer(issuedAtSeconds), "exp": .integer(expiresAtSeconds)],
            key: key)
    }
}
