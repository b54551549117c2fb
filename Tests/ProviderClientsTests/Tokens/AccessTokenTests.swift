import Deliveries
import ProviderClients
import Testing

@Suite("Access tokens of an account")
struct AccessTokenTests {
    private static func login(_ token: String, life: Int = 1800) -> ScriptedProvider.Step {
        .json(200, #"{"accessToken":"\#(token)","expireIn":\#(life)}"#)
    }

    private static func authorizations(_ provider: ScriptedProvider) -> [String] {
        provider.requests.map { request in
            request.headers.first { $0.name == "Authorization" }?.value ?? "none"
        }
    }

    @Test("the first call logs in, the next ones use the token until half a minute before its end")
    func life() async throws {
        let provider = ScriptedProvider([
            Self.login("A"), .json(200, "[]"), .json(200, "[]"), Self.login("B"), .json(200, "[]"),
        ])
        let clock = ManualClock()
        let client = try Accounts.klavi(provider, tokens: MemoryTokenStore(), clock: clock)
        _ = try await client.send(client.consents(linkID: "L-1"))
        clock.advance(by: .milliseconds(1_769_999))
        _ = try await client.send(client.consents(linkID: "L-1"))
        clock.advance(by: .milliseconds(1))
        _ = try await client.send(client.consents(linkID: "L-1"))
        #expect(Self.authorizations(provider) == ["none", "Bearer A", "Bearer A", "none", "Bearer B"])
    }

    @Test("a token that is rejected is renewed once, and the call is made again, a POST too")
    func renewal() async throws {
        let link = #"{"linkId":"L","linkURL":"u"}"#
        let provider = ScriptedProvider([.json(401, ""), Self.login("B"), .json(200, link)])
        let client = try Accounts.klavi(provider)
        _ = try await client.send(try client.createLink(KlaviLinkOrder()))
        #expect(Self.authorizations(provider) == ["Bearer T0KEN", "none", "Bearer B"])
    }

    @Test("a fresh token that is rejected is the provider's last word")
    func renewedOnce() async throws {
        let provider = ScriptedProvider([
            .json(401, ""), Self.login("B"), .json(401, #"{"message":"no"}"#), Self.login("C"),
        ])
        let client = try Accounts.klavi(provider)
        let rejection = await rejection { _ = try await client.send(client.consents(linkID: "L-1")) }
        #expect(rejection?.status == 401)
        #expect(rejection?.words == ["no"])
        #expect(provider.requests.count == 3)
    }

    @Test("a login that is rejected is told, and no call is made")
    func rejectedLogin() async throws {
        let provider = ScriptedProvider(401, #"{"message":"Invalid accessKey or secretKey"}"#)
        let client = try Accounts.klavi(provider, tokens: MemoryTokenStore())
        let rejection = await rejection { _ = try await client.send(client.consents(linkID: "L-1")) }
        #expect(rejection?.words == ["Invalid accessKey or secretKey"])
        #expect(provider.requests.map(\.method) == ["POST"])
    }

    @Test("a 401 to a call that needs no token renews nothing")
    func openCall() async throws {
        let provider = ScriptedProvider(401, "")
        let client = try Accounts.certilink(provider)
        let rejection = await rejection { _ = try await client.send(try client.reports("case-001")) }
        #expect(rejection?.status == 401)
        #expect(provider.requests.count == 1)
    }

    @Test("callers at the same time share one login")
    func sharedLogin() async throws {
        let provider = ScriptedProvider([Self.login("A"), .json(200, "[]")])
        let client = try Accounts.klavi(provider, tokens: MemoryTokenStore())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { _ = try await client.send(client.consents(linkID: "L-1")) }
            }
            try await group.waitForAll()
        }
        #expect(provider.requests.filter { $0.method == "POST" }.count == 1)
        #expect(provider.requests.count == 21)
    }

    @Test("somebody else's newer token is taken without a login")
    func foreignRenewal() async throws {
        let provider = ScriptedProvider([.json(401, ""), .json(200, "[]")])
        let store = RenewingStore()
        let client = try Accounts.klavi(provider, tokens: store)
        _ = try await client.send(client.consents(linkID: "L-1"))
        #expect(Self.authorizations(provider) == ["Bearer first", "Bearer second"])
    }

    /// Gives another token the second time it is asked, as a file does that another process wrote.
    private final class RenewingStore: TokenStore {
        private let inner = MemoryTokenStore()

        func token(of account: TokenAccount) -> AccessToken? {
            let known = inner.token(of: account)
            let token = AccessToken(known == nil ? "first" : "second", expiresAt: nil)
            inner.setToken(token, of: account)
            return token
        }

        func setToken(_ token: AccessToken?, of account: TokenAccount) {}
    }

    @Test("accounts and addresses do not share tokens")
    func accounts() async throws {
        let store = Accounts.holding(KlaviClient.defaultRoot, "test-access")
        let other = TokenAccount(root: try APIRoot("http://localhost:1"), account: "test-access")
        #expect(store.token(of: other) == nil)
        #expect(store.token(of: TokenAccount(root: KlaviClient.defaultRoot, account: "other")) == nil)
        #expect(store.token(of: TokenAccount(root: KlaviClient.defaultRoot, account: "test-access")) != nil)
    }

    @Test("what no header can carry is no token", arguments: ["", "a b", "a\r\nX: y", "ä"])
    func badTokens(text: String) async throws {
        #expect(AccessToken(text, expiresAt: nil) == nil)
    }

    @Test("a login that brings such a token is an unexpected answer")
    func badLogin() async throws {
        let provider = ScriptedProvider(200, #"{"accessToken":"a\r\nX: y","expireIn":1800}"#)
        let client = try Accounts.klavi(provider, tokens: MemoryTokenStore())
        let failure = await failure { _ = try await client.send(client.consents(linkID: "L-1")) }
        #expect(failure == .unexpectedResponse("accessToken holds characters that no token has."))
    }
}
