internal import Foundation

/// Where webhooks go and how they prove where they come from (PROVIDERS.md 4.1).
struct CertificallHook: Sendable, Equatable {
    enum Scheme: String, Sendable {
        case bearer
        case hmac
        case basic
    }

    let url: String
    let scheme: Scheme

    /// The webhook about a closed case. Retries are not documented; two are made, as defaults go (PROVIDERS.md 6).
    func callback(_ content: CertificallCase, _ world: World) -> Callback {
        let baseURL = world.baseURL
        return Callback(
            provider: CertificallImitation.name, kind: "certificate", url: url, group: content.cfRef,
            policy: RetryPolicy(waits: [1, 5]) { $0 < 500 && $0 != 408 && $0 != 429 },
            reference: content.reportToken, makeBody: { content.json(baseURL: baseURL).bytes },
            makeProof: { [scheme] body, conditions in scheme.headers(body, conditions) })
    }
}

extension CertificallHook.Scheme {
    /// The header lines besides Content-Type. Signatures are in hex; the documentation does not say.
    func headers(_ body: [UInt8], _ conditions: ProofConditions) -> [HeaderLine] {
        func text(_ secret: String) -> String { String(decoding: conditions.secret(secret), as: UTF8.self) }
        switch self {
        case .bearer:
            let value = CertificallAuthorization.bearer(token: text(SandboxAccount.certificallWebhookToken))
            return [HeaderLine(CertificallAuthorization.header, value)]
        case .hmac:
            let value = CertificallAuthorization.hmac(
                apiKey: SandboxAccount.certificallAPIKey, body: body,
                secret: conditions.secret(SandboxAccount.certificallAPISecret), as: .hex)
            return [
                HeaderLine(CertificallAuthorization.header, value),
                HeaderLine("X-Api-Key", SandboxAccount.certificallAPIKey),
            ]
        case .basic:
            let value = CertificallAuthorization.basic(
                user: SandboxAccount.certificallBasicUser, password: text(SandboxAccount.certificallBasicPassword))
            return [HeaderLine(CertificallAuthorization.header, value)]
        }
    }
}
