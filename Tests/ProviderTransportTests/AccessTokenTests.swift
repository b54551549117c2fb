import Deliveries
import ProviderTransport
import Testing

@testable import Providers

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

    @Test("the first call logs in, and later calls use the token until half a minute before its expiry")
    func life() async throws {
        let provider = ScriptedProvider([
            Self.login("A"), .json(200, "[]"), .json(200, "[]"), Self.login("B"), .json(200, "[]"),
        ])
        let clock = ManualClock()
        let client = try Accounts.client(provider, tokens: MemoryTokenStore(), clock: clock)
        _ = try await client.send(try Accounts.list())
        clock.advance(by: .milliseconds(1_769_999))
        _ = try await client.send(try Accounts.list())
        clock.advance(by: .milliseconds(1))
        _ = try await client.send(try Accounts.list())
        #expect(Self.authorizations(provider) == ["none", "Bearer A", "Bearer A", "none", "Bearer B"])
    }

    @Test("a rejected token is renewed once and the call is repeated, even a POST")
    func renewal() async throws {
        let link = #"{"id":"L"}"#
        let provider = ScriptedProvider([.json(401, ""), Self.login("B"), .json(200, link)])
        let client = try Accounts.client(provider)
        _ = try await client.send(try Accounts.order())
        #expect(Self.authorizations(provider) == ["Bearer T0KEN", "none", "Bearer B"])
    }

    @Test("the rejection of a new token is final")
    func renewedOnce() async throws {
        let provider = ScriptedProvider([
            .json(401, ""), Self.login("B"), .json(401, #"{"message":"no"}"#), Self.login("C"),
        ])
        let client = try Accounts.client(provider)
        let rejection = await rejection { _ = try await client.send(try Accounts.list()) }
        #expect(rejection?.status == 401)
        #expect(rejection?.words == ["no"])
        #expect(provider.requests.count == 3)
    }

    @Test("a rejected login is reported, and no call is made")
    func rejectedLogin() async throws {
        let provider = ScriptedProvider(401, #"{"message":"Invalid accessKey or secretKey"}"#)
        let client = try Accounts.client(provider, tokens: MemoryTokenStore())
        let rejection = await rejection { _ = try await client.send(try Accounts.list()) }
        #expect(rejection?.words == ["Invalid accessKey or secretKey"])
        #expect(provider.requests.map(\.method) == ["POST"])
    }

    @Test("a 401 response to a call without a token causes no login")
    func openCall() async throws {
        let provider = ScriptedProvider(401, "")
        let client = try Accounts.client(provider)
        let rejection = await rejection { _ = try await client.send(try Accounts.list(needsAccessToken: false)) }
        #expect(rejection?.status == 401)
        #expect(provider.requests.count == 1)
    }

    @Test("concurrent callers share one login")
    func sharedLogin() async throws {
        let provider = ScriptedProvider([Self.login("A"), .json(200, "[]")])
        let client = try Accounts.client(provider, tokens: MemoryTokenStore())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { _ = try await client.send(try Accounts.list()) }
            }
            try await group.waitForAll()
        }
        #expect(provider.requests.filter { $0.method == "POST" }.count == 1)
        #expect(provider.requests.count == 21)
    }

    @Test("a newer token from another process is used without a login")
    func foreignRenewal() async throws {
        let provider = ScriptedProvider([.json(401, ""), .json(200, "[]")])
        let store = RenewingStore()
        let client = try Accounts.client(provider, tokens: store)
        _ = try await client.send(try Accounts.list())
        #expect(Self.authorizations(provider) == ["Bearer first", "Bearer second"])
    }

    /// Returns a different token on the second call, like a file that another process has written.
    private final class RenewingStore: TokenStore {
        private let inner = MemoryTokenStore()

        func token(of account: TokenAccount) -> AccessToken? {
            let known = inner.token(of: account)
            let token = try? AccessToken(known == nil ? "first" : "second", expiresAt: nil)
            inner.setToken(token, of: account)
            return token
        }

        func setToken(_ token: AccessToken?, of account: TokenAccount) {}
    }

    @Test("different accounts and base URLs do not share tokens")
    func accounts() async throws {
        let store = try Accounts.holding()
        #expect(store.token(of: TokenAccount(try Accounts.make(root: "http://localhost:1"))) == nil)
        #expect(store.token(of: TokenAccount(try Accounts.make(name: "other"))) == nil)
        #expect(store.token(of: TokenAccount(try Accounts.make())) != nil)
    }

    @Test("a string that a header cannot contain is not a token", arguments: ["", "a b", "a\r\nX: y", "ä"])
    func badTokens(text: String) async throws {
        #expect(throws: ProviderCallFailure.self) { try AccessToken(text, expiresAt: nil) }
    }

    @Test("a login response with a token that a header cannot contain is reported as unexpected")
    func badLogin() async throws {
        let provider = ScriptedProvider(200, #"{"accessToken":"a\r\nX: y","expireIn":1800}"#)
        let client = try Accounts.client(provider, tokens: MemoryTokenStore())
        let failure = await failure { _ = try await client.send(try Accounts.list()) }
        #expect(failure == .unexpectedResponse("The access token contains invalid characters."))
    }
}
