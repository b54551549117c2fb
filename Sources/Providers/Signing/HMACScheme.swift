internal import Deliveries

/// A scheme that authenticates the sender with an HMAC in a header.
///
/// The schemes of providers and those in the configuration are values of this type, so checking, signing and explaining
/// are implemented once.
package struct HMACScheme: Sendable, Equatable {
    /// The hash function of the HMAC.
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

    /// The encoding of the signature's bytes. Hexadecimal digits may be of either case.
    package enum Encoding: String, Sendable, CaseIterable {
        case hex, base64
        case hexOrBase64 = "hex-or-base64"
    }

    /// The position of the signature in the header.
    package enum Layout: Sendable, Equatable {
        /// One signature, after an optional prefix.
        case single(prefix: String)
        /// `t=1700000000,v1=…,v1=…`: one time, one or more signatures; other elements are ignored.
        case elements(time: String, signature: String)
        /// `v1,… v1,…`: signatures separated by spaces or commas, several while a secret is being replaced. Entries
        /// without the prefix are ignored, or read as signatures.
        case list(prefix: String, ignoresOthers: Bool = false)
    }

    /// A part of the signed message.
    package enum Part: Sendable, Equatable {
        case body, timestamp, id
        case text(String)
    }

    /// The way in which a configured secret becomes the key.
    package enum SecretFormat: String, Sendable, CaseIterable {
        /// The UTF-8 bytes of the secret.
        case text
        /// The decoded base64 of the secret, optionally after `whsec_`.
        case base64
    }

    package var header: String
    package var layout: Layout = .single(prefix: "")
    package var algorithm: Algorithm = .sha256
    package var encoding: Encoding = .hex
    package var signed: [Part] = [.body]
    /// The header of the signed time, unless the layout contains it.
    package var timestampHeader: String?
    /// The header of the signed identifier.
    package var idHeader: String?
    package var secretFormat: SecretFormat = .text

    package init(header: String) {
        self.header = header
    }

    /// True if the time is signed, so its age can be checked.
    package var signsTime: Bool { signed.contains(.timestamp) }

    /// The maximum number of signatures in one header.
    static let candidateCountLimit = 8
    /// The minimum number of bytes of a key that is written in base64. `whsec_` alone would be an empty key, with which
    /// anyone can sign.
    static let keyByteCountMinimum = 16

    /// The scheme with the header names that the request uses: Svix, the author of Standard Webhooks, sends
    /// `svix-signature`, `svix-timestamp` and `svix-id`.
    func named(in headers: HeaderFields) -> HMACScheme {
        guard let svixHeader = Self.svixName(header), !headers.contains(header), headers.contains(svixHeader) else {
            return self
        }
        var scheme = self
        scheme.header = svixHeader
        scheme.timestampHeader = timestampHeader.map { Self.svixName($0) ?? $0 }
        scheme.idHeader = idHeader.map { Self.svixName($0) ?? $0 }
        return scheme
    }

    /// The name that Svix uses for a header: `svix-id` for `webhook-id`. Nil for other names.
    static func svixName(_ header: String) -> String? {
        header.lowercased().hasPrefix("webhook-") ? "svix-" + header.dropFirst(8) : nil
    }

    /// `webhook-signature: v1,…` over the id, the time and the body (standardwebhooks.com, specification 1.0).
    package static let standardWebhooks: HMACScheme = {
        var scheme = HMACScheme(header: "webhook-signature")
        scheme.layout = .list(prefix: "v1,", ignoresOthers: true)
        scheme.encoding = .base64
        scheme.signed = [.id, .text("."), .timestamp, .text("."), .body]
        scheme.timestampHeader = "webhook-timestamp"
        scheme.idHeader = "webhook-id"
        scheme.secretFormat = .base64
        return scheme
    }()
}
