internal import Deliveries

/// A named secret of a source. Its bytes leave this value only into a digest; descriptions never show them.
package struct Secret: Sendable {
    /// What the archive and the logs call it.
    package let name: String
    package let purpose: SecretPurpose
    /// What goes with the secret and may be seen: an API key, a user name, Certn's team; nil where there is none.
    package let identity: String?
    let bytes: [UInt8]

    package init(name: String, purpose: SecretPurpose, identity: String? = nil, bytes: [UInt8]) {
        self.name = name
        self.purpose = purpose
        self.identity = identity
        self.bytes = bytes
    }

    /// The key of an HMAC; the bytes as they are where they are not the base 64 that the format wants, for then nothing
    /// verifies and nothing traps.
    func key(_ format: HMACScheme.SecretFormat) -> [UInt8] {
        guard format == .base64 else { return bytes }
        let prefix = Array("whsec_".utf8)
        return Base64Text.decode(bytes.starts(with: prefix) ? bytes[prefix.count...] : bytes[...]) ?? bytes
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

/// What a secret is used for. The raw values are the words of the configuration's `for:`.
package enum SecretPurpose: String, Sendable, CaseIterable {
    /// Key of an HMAC over the body.
    case signature
    /// Key of `Certn-Signature`.
    case legacy
    /// Key of Certn Centric's `X-Signature`.
    case centric
    /// The token of `Authorization: Bearer`.
    case bearer
    /// The password of `Authorization: Basic`; the identity is the user name.
    case basic
    /// Key of `Authorization: HMAC-SHA256`; the identity is the API key.
    case hmac

    /// Whether a secret for this needs a name that goes with it, may have one, or cannot.
    package var identityRule: IdentityRule {
        switch self {
        case .basic, .hmac: .needed
        case .legacy: .possible
        case .signature, .centric, .bearer: .meaningless
        }
    }

    package enum IdentityRule: Sendable {
        case needed, possible, meaningless
    }
}
