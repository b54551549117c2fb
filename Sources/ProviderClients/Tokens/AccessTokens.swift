internal import Deliveries

/// The access token of one account: fetched when it is first needed or has expired, once for everybody who waits for it.
actor AccessTokens {
    typealias Login = @Sendable () async throws(ProviderCallFailure) -> AccessToken

    private let account: TokenAccount
    private let store: any TokenStore
    private let clock: CallClock
    private let login: Login
    /// The login that is on its way.
    private var renewal: Task<Result<AccessToken, ProviderCallFailure>, Never>?

    init(account: TokenAccount, store: any TokenStore, clock: CallClock, login: @escaping Login) {
        self.account = account
        self.store = store
        self.clock = clock
        self.login = login
    }

    /// A token that is good for now.
    ///
    /// - Parameter rejected: one that the provider has just rejected, whatever it says of its end. Another one that somebody
    ///   fetched in the meantime is taken without a login.
    func token(insteadOf rejected: AccessToken? = nil) async throws(ProviderCallFailure) -> AccessToken {
        if let stored = store.token(of: account) {
            if stored != rejected, stored.isFresh(at: clock.now()) { return stored }
        }
        if let renewal { return try await renewal.value.get() }
        let task = Task { [login] () -> Result<AccessToken, ProviderCallFailure> in
            do throws(ProviderCallFailure) {
                return .success(try await login())
            } catch {
                return .failure(error)
            }
        }
        renewal = task
        let result = await task.value
        renewal = nil
        switch result {
        case .success(let token): store.setToken(token, of: account)
        case .failure: store.setToken(nil, of: account)
        }
        return try result.get()
    }
}
