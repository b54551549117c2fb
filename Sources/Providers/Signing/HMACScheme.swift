internal import Deliveries

/// A scheme that authenticates the sender with an HMAC in a header.
///
/// Both the providers' schemes and the configured schemes are values of this type, so checking, signing and explaining
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

    /// The encoding of the signature. Hexadecimal digits may have either case.
    package enum Encoding: String, Sendable, CaseIterable {
        case hex, base64
        case hexOrBase64 = "hex-or-base64"
    }

    /// The location of the signature in the header.
    package enum Layout: Sendable, Equatable {
        /// One signature, after an optional prefix.
        case single(prefix: String)
        /// `t=1700000000,v1=…,v1=…`: one time and one or more signatures. Other elements are ignored.
        case elements(time: String, signature: String)
        /// `v1,… v1,…`: signatures separated by spaces or commas. There are several while a secret is being replaced.
        /// Entries without the prefix are ignored if `ignoresOthers` is true; otherwise they are read as signatures.
        case list(prefix: String, ignoresOthers: Bool = false)
    }

    /// A part of the signed message.
    package enum Part: Sendable, Equatable {
        case body, timestamp, id
        case text(String)
    }

    /// The conversion of a configured secret to the key.
    package enum SecretFormat: String, Sendable, CaseIterable {
        /// The key is the UTF-8 bytes of the secret.
        case text
        /// The key is the decoded base64 of the secret, which may start with `whsec_`.
        case base64
    }

    package var header: String
    package var layout: Layout = .single(prefix: "")
    package var algorithm: Algorithm = .sha256
    package var encoding: Encoding = .hex
    package var signed: [Part] = [.body]
    /// The header that contains the signed time; nil if the signature header contains the time.
    package var timestampHeader: String?
    /// The header that contains the signed identifier; nil if there is none.
    package var idHeader: String?
    package var secretFormat: SecretFormat = .text

    package init(header: String) {
        self.header = header
    }

    /// True if the time is signed. Only a signed time can be checked.
    package var signsTime: Bool { signed.contains(.timestamp) }

    /// The maximum number of signatures to read from one header.
    static let candidateCountLimit = 8
    /// The minimum number of bytes of a key in base64. The secret `whsec_`, without base64 after it, would result in an
    /// empty key, with which anyone can sign.
    static let keyByteCountMinimum = 16

    /// The scheme with the header names that the request uses. Svix, the author of Standard Webhooks, sends
    /// `svix-signature`, `svix-timestamp` and `svix-id` instead of the standard names.
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

    /// Svix's name for a header, such as `svix-id` for `webhook-id`; nil if Svix has no other name.
    static func svixName(_ header: String) -> String? {
        header.lowercased().hasPrefix("webhook-") ? "svix-" + header.dropFirst(8) : nil
    }

    /// `webhook-signature: v1,…` over the ID, the time and the body (standardwebhooks.com, specification 1.0).
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
