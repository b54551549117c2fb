/// A way to prove a sender with an HMAC in a header: what is signed, with what, and how the header writes it.
///
/// Each provider's scheme is a value of this type, and so is one that a configuration describes; checking, signing and
/// explaining are written once.
package struct HMACScheme: Sendable, Equatable {
    /// The hash under the HMAC.
    package enum Algorithm: String, Sendable, CaseIterable {
        case sha1, sha256, sha512

        var byteCount: Int {
            switch self {
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        }
    }

    /// How the signature's bytes are written. Hexadecimal digits may be of either case.
    package enum Encoding: String, Sendable, CaseIterable {
        case hex, base64
        case hexOrBase64 = "hex-or-base64"
    }

    /// How the header holds the signature.
    package enum Layout: Sendable, Equatable {
        /// The signature alone, behind a prefix where there is one.
        case single(prefix: String)
        /// `t=1700000000,v1=…,v1=…`: one time, one or more signatures, other elements ignored.
        case elements(time: String, signature: String)
        /// `v1,… v1,…`: versions with signatures, separated by spaces, other versions ignored.
        case versions(String)
    }

    /// A piece of what is signed.
    package enum Part: Sendable, Equatable {
        case body, timestamp, id
        case text(String)
    }

    /// How a configured secret becomes the key.
    package enum SecretFormat: String, Sendable, CaseIterable {
        /// Its UTF-8 bytes.
        case text
        /// The bytes that its base 64 stands for; `whsec_` may stand before it.
        case base64
    }

    package var header: String
    package var layout: Layout = .single(prefix: "")
    package var algorithm: Algorithm = .sha256
    package var encoding: Encoding = .hex
    package var signed: [Part] = [.body]
    /// Where the signed time stands, unless the layout has it.
    package var timestampHeader: String?
    /// Where the signed identifier stands.
    package var idHeader: String?
    package var secretFormat: SecretFormat = .text

    package init(header: String) {
        self.header = header
    }

    /// Whether the time is part of what is signed, so that its age means something.
    package var signsTime: Bool {
        signed.contains(.timestamp)
    }

    /// Signatures looked at in one header; there are several while a secret is being replaced.
    static let candidateCountLimit = 8

    /// `webhook-signature: v1,…` over the id, the time and the body (standardwebhooks.com, specification 1.0).
    package static let standardWebhooks: HMACScheme = {
        var scheme = HMACScheme(header: "webhook-signature")
        scheme.layout = .versions("v1")
        scheme.encoding = .base64
        scheme.signed = [.id, .text("."), .timestamp, .text("."), .body]
        scheme.timestampHeader = "webhook-timestamp"
        scheme.idHeader = "webhook-id"
        scheme.secretFormat = .base64
        return scheme
    }()
}
