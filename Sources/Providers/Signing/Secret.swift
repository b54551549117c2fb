internal import Deliveries

/// A named secret of a source. The bytes of the secret are only used to compute digests; descriptions never contain
/// them.
package struct Secret: Sendable {
    /// The name of the secret. The archive and logs contain this name.
    package let name: String
    package let purpose: SecretPurpose
    /// The public part of the credential: an API key, a user name or a team.
    package let identity: String?
    let bytes: [UInt8]

    package init(name: String, purpose: SecretPurpose, identity: String? = nil, bytes: [UInt8]) {
        self.name = name
        self.purpose = purpose
        self.identity = identity
        self.bytes = bytes
    }

    /// The key for an HMAC; nil if `format` is base64 and the secret is not base64 or is too short.
    func key(_ format: HMACScheme.SecretFormat) -> [UInt8]? {
        guard format == .base64 else { return bytes }
        return decodedKey(format).flatMap { $0.count < HMACScheme.keyByteCountMinimum ? nil : $0 }
    }

    /// The length of the key in bytes; nil if `format` is base64 and the secret is not base64.
    package func keyByteCount(_ format: HMACScheme.SecretFormat) -> Int? {
        decodedKey(format)?.count
    }

    private func decodedKey(_ format: HMACScheme.SecretFormat) -> [UInt8]? {
        guard format == .base64 else { return bytes }
        let prefix = Array("whsec_".utf8)
        return Base64Text.decode(bytes.starts(with: prefix) ? bytes[prefix.count...] : bytes[...])
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Secret(\(name))" }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

/// The purpose of a secret. Each provider declares its purposes next to its schemes.
package struct SecretPurpose: Sendable, Hashable {
    /// The value of `for:` in the configuration.
    package let rawValue: String
    package let identityRule: IdentityRule

    package init(_ rawValue: String, identity identityRule: IdentityRule = .meaningless) {
        self.rawValue = rawValue
        self.identityRule = identityRule
    }

    /// The rule that decides whether a secret has an identity.
    package enum IdentityRule: Sendable, Hashable {
        /// The identity is required. `called` is its usual name, such as "user name".
        case needed(called: String)
        case possible
        case meaningless
    }

    /// The key of an HMAC.
    package static let signature = SecretPurpose("signature")
    /// The token of `Authorization: Bearer`.
    package static let bearer = SecretPurpose("bearer")
    /// The password of `Authorization: Basic`.
    package static let basic = SecretPurpose("basic", identity: .needed(called: "user name"))
}
