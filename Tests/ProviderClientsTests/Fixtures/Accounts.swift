import Deliveries
import ProviderClients

/// Clients of scripted providers. Where calls need a token, one is there: `T0KEN`.
enum Accounts {
    static let klaviCredentials = KlaviCredentials(
        accessKey: Credential("test-access"), secretKey: Credential("test-s3cret"))
    static let clientCredentials = ClientCredentials(clientID: "client-1", clientSecret: Credential("test-s3cret"))

    static func klavi(
        _ provider: ScriptedProvider, tokens: any TokenStore = holding(KlaviClient.defaultRoot, "test-access"),
        clock: ManualClock = ManualClock()
    ) throws -> KlaviClient {
        try KlaviClient(credentials: klaviCredentials, calls: provider.calls(clock: clock), tokens: tokens)
    }

    static func legacy(
        _ provider: ScriptedProvider, tokens: any TokenStore = holding(CertnLegacyClient.defaultRoot, "client-1"),
        clock: ManualClock = ManualClock()
    ) throws -> CertnLegacyClient {
        try CertnLegacyClient(credentials: clientCredentials, calls: provider.calls(clock: clock), tokens: tokens)
    }

    static func centric(_ provider: ScriptedProvider) throws -> CertnCentricClient {
        try CertnCentricClient(apiKey: Credential("sk_test_s3cret"), calls: provider.calls())
    }

    static func ezid(_ provider: ScriptedProvider) throws -> EZiDClient {
        try EZiDClient(credentials: clientCredentials, calls: provider.calls())
    }

    static func certilink(
        _ provider: ScriptedProvider, tokens: any TokenStore = holding(CertilinkClient.defaultRoot, "user"),
        certilinkRoot: APIRoot? = nil, clock: ManualClock = ManualClock()
    ) throws -> CertilinkClient {
        try CertilinkClient(
            certilinkRoot: certilinkRoot,
            credentials: CertificallCredentials(username: "user", password: Credential("test-s3cret")),
            calls: provider.calls(clock: clock), tokens: tokens)
    }

    static func holding(_ root: APIRoot, _ account: String, expiresAt: Timestamp? = nil) -> MemoryTokenStore {
        let store = MemoryTokenStore()
        store.setToken(AccessToken("T0KEN", expiresAt: expiresAt), of: TokenAccount(root: root, account: account))
        return store
    }
}

/// The failure of `body`; nil when it does not fail with one.
func failure(_ body: () async throws -> Void) async -> ProviderCallFailure? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ProviderCallFailure
    }
}

/// The sentence of a `badInput`; nil for everything else.
func complaint(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        guard case .badInput(let sentence)? = error as? ProviderCallFailure else { return nil }
        return sentence
    }
}

/// What a rejected call brought; nil for everything else.
func rejection(_ body: () async throws -> Void) async -> ProviderRejection? {
    guard case .rejected(let rejection)? = await failure(body) else { return nil }
    return rejection
}
