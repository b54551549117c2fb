internal import Deliveries

/// The three schemes of Certificall's `Authorization` header (certificall-reference: Authorization): `Bearer <token>`,
/// `HMAC-SHA256 <apiKey>:<signature of the body>` with `X-Api-Key`, and `Basic <base64 of user:password>`.
enum CertificallAuthorization {
    /// The signature follows the API key, in hexadecimal or base64 (certificall-reference: Undocumented).
    static let scheme: HMACScheme = {
        var scheme = HMACScheme(header: "Authorization")
        scheme.encoding = .hexOrBase64
        return scheme
    }()

    /// Creates the headers that authenticate a body. The identity of the secret is the API key.
    @Sendable
    static func sign(_ body: [UInt8], _ secret: Secret, _ time: Timestamp, _ id: String?) -> [HeaderField] {
        let apiKey = secret.identity ?? ""
        let signature = scheme.headers(signing: body, with: secret, at: time, id: nil)[0].value
        return [HeaderField("Authorization", "HMAC-SHA256 \(apiKey):\(signature)"), HeaderField("X-Api-Key", apiKey)]
    }

    @Sendable
    static func bearer(_ secret: Secret) -> HeaderField {
        HeaderField("Authorization", "Bearer \(String(decoding: secret.bytes, as: UTF8.self))")
    }

    /// Creates the header of Basic authentication. The secret is the password, its identity the user name.
    @Sendable
    static func basic(_ secret: Secret) -> HeaderField {
        let credentials = Array("\(secret.identity ?? ""):".utf8) + secret.bytes
        return HeaderField("Authorization", "Basic \(Base64Text.encode(credentials))")
    }

    @Sendable
    static func check(_ request: InboundRequest, with secrets: [Secret]) -> OriginCheck {
        let values = request.headers.values(named: "Authorization")
        let credentials = values.count == 1 ? Credentials(values[0]) : nil
        // Checks all schemes, even if the request uses only one, so the duration does not reveal which secrets exist.
        let bearer = ConstantTime.secret(
            among: secrets.filter { $0.purpose == .bearer }, equalTo: credentials?.bearerToken ?? [],
            prefix: { _ in [] })
        let basic = ConstantTime.secret(
            among: secrets.filter { $0.purpose == .basic }, equalTo: credentials?.userAndPassword ?? [],
            prefix: { Array("\($0.identity ?? ""):".utf8) })
        let apiKey = credentials?.apiKey(in: request).map { ByteText($0) }
        let hmac = ConstantTime.secret(
            among: secrets.filter { $0.purpose == .hmac && $0.identity.map { ByteText($0) } == apiKey },
            in: scheme, body: request.body, candidates: credentials?.signature.map { [$0] } ?? [])
        guard values.count == 1 else { return .failed(values.isEmpty ? .missing : .repeated) }
        switch credentials {
        case .bearer: return outcome(bearer)
        case .basic: return outcome(basic)
        case .hmac: return outcome(hmac)
        case nil: return .failed(.malformed)
        }
    }

    private static func outcome(_ match: Secret?) -> OriginCheck {
        match.map { .verified(secretName: $0.name) } ?? .failed(.mismatch)
    }

    private enum Credentials {
        case bearer(token: [UInt8])
        case basic(userAndPassword: [UInt8])
        case hmac(apiKey: String, signature: [UInt8])

        init?(_ header: String) {
            let parts = header[...].utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let name = String(Substring(parts[0]))
            if name.matchesIgnoringASCIICase("Bearer") {
                self = .bearer(token: Array(parts[1]))
            } else if name.matchesIgnoringASCIICase("Basic") {
                guard let text = Base64Text.decode(parts[1]) else { return nil }
                self = .basic(userAndPassword: text)
            } else if name.matchesIgnoringASCIICase("HMAC-SHA256") {
                guard let colon = parts[1].lastIndex(of: UInt8(ascii: ":")),
                    let signature = SignatureText.decode(parts[1][parts[1].index(after: colon)...], scheme)
                else { return nil }
                self = .hmac(apiKey: String(Substring(parts[1][..<colon])), signature: signature)
            } else {
                return nil
            }
        }

        var bearerToken: [UInt8]? {
            guard case .bearer(let token) = self else { return nil }
            return token
        }

        var userAndPassword: [UInt8]? {
            guard case .basic(let text) = self else { return nil }
            return text
        }

        var signature: [UInt8]? {
            guard case .hmac(_, let signature) = self else { return nil }
            return signature
        }

        /// The API key; nil unless `X-Api-Key` has the same key.
        func apiKey(in request: InboundRequest) -> String? {
            guard case .hmac(let apiKey, _) = self,
                request.headers.onlyValue(named: "X-Api-Key")?.hasSameBytes(as: apiKey) == true
            else { return nil }
            return apiKey
        }
    }
}
