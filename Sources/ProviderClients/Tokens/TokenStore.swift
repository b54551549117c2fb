internal import Synchronization

/// Remembers access tokens. A store is a cache: what it loses costs one more login, so it reports no failure.
package protocol TokenStore: Sendable {
    func token(of account: TokenAccount) -> AccessToken?
    /// Nil forgets the token.
    func setToken(_ token: AccessToken?, of account: TokenAccount)
}

/// Remembers until the process ends.
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
