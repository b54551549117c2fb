internal import Crypto
internal import Deliveries
package import Providers
internal import Synchronization

/// Fetches and keeps the access token of an account. Concurrent callers share one login.
actor AccessTokens {
    private let account: TokenAccount
    private let store: any TokenStore
    private let clock: CallClock
    /// The login in progress; nil if there is none.
    private var renewal: Task<AccessToken, any Error>?

    init(account: TokenAccount, store: any TokenStore, clock: CallClock) {
        self.account = account
        self.store = store
        self.clock = clock
    }

    /// - Parameter rejected: a token that the provider rejected although it may not have expired. If another caller has
    ///   fetched a different token since, that token is returned without a login.
    func token(
        insteadOf rejected: AccessToken? = nil, fetch: @escaping @Sendable () async throws -> AccessToken
    ) async throws -> AccessToken {
        if let stored = store.token(of: account), stored != rejected, stored.isFresh(at: clock.now()) { return stored }
        if let renewal { return try await renewal.value }
        let task = Task { try await fetch() }
        renewal = task
        let result = await task.result
        renewal = nil
        store.setToken(try? result.get(), of: account)
        return try result.get()
    }
}

/// The owner of a token: the base URL of the API and a hash of the account's name. A hash of the secret is never used,
/// because the secret could be guessed and compared with a stored hash.
package struct TokenAccount: Sendable, Hashable {
    package let root: String
    /// The SHA-256 of the account's name as hexadecimal digits.
    package let account: String

    package init(_ account: APIAccount) {
        self.init(root: account.root.text, accountHash: Hex.encode(SHA256.hash(data: Array(account.name.utf8))))
    }

    init(root: String, accountHash: String) {
        self.root = root
        self.account = accountHash
    }
}

/// Stores access tokens. A store is a cache: losing a token costs only one more login, so a store reports no failures.
package protocol TokenStore: Sendable {
    func token(of account: TokenAccount) -> AccessToken?
    /// Stores the token of an account. A nil value removes the token.
    func setToken(_ token: AccessToken?, of account: TokenAccount)
}

package final class MemoryTokenStore: TokenStore {
    private let tokens = Mutex<[TokenAccount: AccessToken]>([:])

    package init() {}

    package func token(of account: TokenAccount) -> AccessToken? {
        tokens.withLock { $0[account] }
    }

    package func setToken(_ token: AccessToken?, of account: TokenAccount) {
        tokens.withLock { $0[account] = token }
    }
}
