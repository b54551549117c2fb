import Deliveries

@testable import Providers

extension AcmeProvider {
    static let descriptor: ProviderDescriptor = {
        var acme = ProviderDescriptor(
            name: "acme", title: "Acme", apis: [.init(name: "acme", messageMembers: ["id", "createdAt"])])
        acme.identities = [
            IdentityFamily("shipment", ["shipmentId"], subject: .case),
            IdentityFamily("email", ["recipient"], subject: .subject),
        ]
        acme.stateFields = ["stage"]
        acme.secretPurposes = [.signature]
        acme.defaultSecrets = [.init(variable: "CALLBOX_ACME_SECRET", purpose: .signature)]
        acme.schemes = [OfflineScheme("acme", .acme)]
        acme.secretHeaders = ["X-Acme-Proof"]
        acme.secretParameters = ["ticket"]
        acme.registration = ProviderDescriptor.Registration(
            addresses: [.init(name: "hookURL", path: "/hooks")], instructions: "Enter hookURL under Settings, Hooks.")
        acme.callableAPIs = [AcmeAPI.description]
        return acme
    }()
}

extension HMACScheme {
    /// The signature `X-Acme-Proof: t=…,v1=…` over the time, a dot and the body.
    static let acme: HMACScheme = {
        var scheme = HMACScheme(header: "X-Acme-Proof")
        scheme.layout = .elements(time: "t", signature: "v1")
        scheme.signed = [.timestamp, .text("."), .body]
        return scheme
    }()
}

extension ProviderCatalog {
    /// The standard providers and Acme. In the product's catalog a new provider only needs one entry.
    static let withAcme = ProviderCatalog(providers: standard.providers + [AcmeProvider()])
}

extension ProofScheme {
    static let acme = ProofScheme(
        "acme", AcmeProvider(), headerName: "X-Acme-Proof", purpose: .signature
    ) { body, key, written in
        "t=1700000000,v1=" + written(TestCode.hmac(key: key, Array("1700000000.".utf8) + body))
    }
}
