import Deliveries
import ProviderTransport
import StrictJSON

@testable import Providers

/// Creates calls of an account. The token is `T0KEN` if a call needs a token.
enum Accounts {
    static let api = APIDescription(
        name: "test", provider: "test", defaultURL: "https://api.test/v1", credentials: ["access-key", "secret-key"],
        login: { account in
            ProviderCall(
                json: account.request(
                    "POST", "/auth", json: .object([.init("secretKey", .string(account.text("secret-key")))]),
                    repetition: .safe, needsAccessToken: false)
            ) { try $0.accessToken("accessToken", lifetime: "expireIn") }
        },
        rejection: { response in
            guard !response.isSuccess else { return nil }
            let words = RejectionWords(response, firstOf: ["message"])
            return ProviderRejection(response, words: words, advice: nil, credentials: "the keys")
        })

    static let account = Result { try make() }

    static func make(name: String = "test-access", root: String = api.defaultURL) throws -> APIAccount {
        try APIAccount(
            api, root: try APIRoot(root), texts: ["access-key": name, "secret-key": "test-s3cret"])
    }

    static func client(
        _ provider: ScriptedProvider, tokens: (any TokenStore)? = nil, clock: ManualClock = ManualClock(),
        rateLimit: RateLimit? = nil, jitter: Jitter = Jitter(ZeroGenerator())
    ) throws -> ProviderClient {
        ProviderClient(
            try account.get(), over: provider.exchange(clock: clock), clock: clock.clock, rateLimit: rateLimit,
            jitter: jitter, tokens: try tokens ?? holding())
    }

    /// A GET, which is safe to repeat. The result is the number of elements.
    static func list(needsAccessToken: Bool = true) throws -> ProviderCall<Int> {
        ProviderCall(json: try account.get().request("GET", "/list", needsAccessToken: needsAccessToken)) {
            try $0.elements().count
        }
    }

    /// A POST, which is not safe to repeat.
    static func order() throws -> ProviderCall<String> {
        ProviderCall(json: try account.get().request("POST", "/orders", json: .object([]))) { try $0.text("id") }
    }

    static func holding(expiresAt: Timestamp? = nil) throws -> MemoryTokenStore {
        let store = MemoryTokenStore()
        store.setToken(try AccessToken("T0KEN", expiresAt: expiresAt), of: TokenAccount(try account.get()))
        return store
    }
}

/// The failure that `body` throws; nil if it throws no `ProviderCallFailure`.
func failure(_ body: () async throws -> Void) async -> ProviderCallFailure? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ProviderCallFailure
    }
}

/// The rejection of a call; nil if it is not rejected.
func rejection(_ body: () async throws -> Void) async -> ProviderRejection? {
    guard case .rejected(let rejection)? = await failure(body) else { return nil }
    return rejection
}
