internal import Deliveries

/// A named secret of a source. Its bytes leave this value only into a digest; descriptions never show them.
package struct Secret: Sendable {
    /// What the archive and the logs call it.
    package let name: String
    package let purpose: SecretPurpose
    /// What goes with the secret and may be seen: an API key, a user name, a team; nil where there is none.
    package let identity: String?
    let bytes: [UInt8]

    package init(name: String, purpose: SecretPurpose, identity: String? = nil, bytes: [UInt8]) {
        self.name = name
        self.purpose = purpose
        self.identity = identity
        self.bytes = bytes
    }

    /// The key of an HMAC. Bytes that are not the base64 of the format are used as they are: nothing verifies then.
    func key(_ format: HMACScheme.SecretFormat) -> [UInt8] {
        decodedKey(format) ?? bytes
    }

    /// Length of the key in bytes; nil if the secret is not the base64 of the format.
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
    package var description: String {
        "Secret(\(name))"
    }

    package var debugDescription: String {
        description
    }

    package var customMirror: Mirror {
        Mirror(self, children: ["name": name])
    }
}

/// What a secret is used for. A provider declares those of its own beside its schemes.
package struct SecretPurpose: Sendable, Hashable {
    /// The word of the configuration's `for:`.
    package let rawValue: String
    package let identityRule: IdentityRule

    package init(_ rawValue: String, identity identityRule: IdentityRule = .meaningless) {
        self.rawValue = rawValue
        self.identityRule = identityRule
    }

    /// Whether a secret needs a name that goes with it, may have one, or cannot.
    package enum IdentityRule: Sendable, Hashable {
        /// `called`: what people call it, such as "user name".
        case needed(called: String)
        case possible
        case meaningless
    }

    /// Whether a secret for this is of no use without the name that goes with it.
    package var needsIdentity: Bool {
        if case .needed = identityRule { true } else { false }
    }

    /// Key of an HMAC.
    package static let signature = SecretPurpose("signature")
    /// The token of `Authorization: Bearer`.
    package static let bearer = SecretPurpose("bearer")
    /// The password of `Authorization: Basic`.
    package static let basic = SecretPurpose("basic", identity: .needed(called: "user name"))
}
