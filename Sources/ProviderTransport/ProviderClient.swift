internal import Deliveries
package import Providers

/// Makes calls for an account: adds the access token, respects the rate limit, and retries if that is safe.
package struct ProviderClient: Sendable {
    package let account: APIAccount
    private let exchange: HTTPExchange
    private let clock: CallClock
    private let rateLimit: RateLimit?
    private let retries: RetryPolicy
    private let jitter: Jitter
    private let tokens: AccessTokens

    /// - Parameters:
    ///   - rateLimit: the rate limit that all clients of an account share.
    ///   - store: stores the account's access token.
    package init(
        _ account: APIAccount, over exchange: HTTPExchange, clock: CallClock = .system, rateLimit: RateLimit? = nil,
        retries: RetryPolicy = RetryPolicy(), jitter: Jitter = Jitter(),
        tokens store: any TokenStore = MemoryTokenStore()
    ) {
        self.account = account
        self.exchange = exchange
        self.clock = clock
        self.rateLimit = rateLimit
        self.retries = retries
        self.jitter = jitter
        tokens = AccessTokens(account: TokenAccount(account), store: store, clock: clock)
    }

    /// Makes the call and any further calls that its responses require. Throws `ProviderCallFailure`.
    package func send<Value: Sendable>(_ call: ProviderCall<Value>) async throws -> Value {
        try await finish(.call(call))
    }

    package func finish<Value: Sendable>(_ step: ProviderStep<Value>) async throws -> Value {
        var step = step
        while case .call(let call, let wait) = step {
            try await pause(wait)
            let response = try await authorizedResponse(to: call.request)
            if let rejection = account.api.rejection(response) { throw ProviderCallFailure.rejected(rejection) }
            step = try call.next(response)
        }
        guard case .done(let value) = step else { preconditionFailure("A step is either done or a call.") }
        return value
    }

    /// Sends a request. If the token is rejected with 401, replaces the token and sends the request once more.
    private func authorizedResponse(to request: ProviderRequest) async throws -> ProviderResponse {
        guard request.needsAccessToken else { return try await response(to: request) }
        let token = try await tokens.token(fetch: login)
        let response = try await response(to: request.authorized(by: token))
        guard response.status == 401 else { return response }
        let another = try await tokens.token(insteadOf: token, fetch: login)
        return try await self.response(to: request.authorized(by: another))
    }

    private func login() async throws -> AccessToken {
        guard let login = account.api.login else {
            throw ProviderCallFailure.badInput("This call needs an access token, but the API has no login.")
        }
        let call = try login(account)
        let response = try await response(to: call.request)
        if let rejection = account.api.rejection(response) { throw ProviderCallFailure.rejected(rejection) }
        return try await finish(try call.next(response))
    }

    /// The response, which may be a rejection.
    ///
    /// A request is repeated in three cases: if it was not sent; after 429, when the time that the provider requests
    /// has passed; and after 502, 503, 504 or no response, if repeating it is safe.
    private func response(to request: ProviderRequest) async throws -> ProviderResponse {
        var failures = 0
        while true {
            try await pause(rateLimit?.take(at: clock.now()) ?? .zero)
            let result = await attempt(request)
            failures += 1
            if failures < retries.tries, let wait = wait(after: result, of: request, failures: failures) {
                try await pause(wait)
                continue
            }
            switch result {
            case .success(let response): return response
            case .failure(.notSent(let problem)):
                throw ProviderCallFailure.unreachable(problem: problem, mayHaveArrived: false)
            case .failure(.noResponse(let problem)):
                throw ProviderCallFailure.unreachable(problem: problem, mayHaveArrived: true)
            case .failure(.tooLong): throw ProviderCallFailure.unexpectedResponse("It is longer than the limit.")
            }
        }
    }

    private func attempt(_ request: ProviderRequest) async -> Result<ProviderResponse, TransportFailure> {
        do throws(TransportFailure) {
            return .success(try await exchange.send(request))
        } catch {
            return .failure(error)
        }
    }

    /// The wait before the next attempt; nil if there is no further attempt.
    private func wait(
        after result: Result<ProviderResponse, TransportFailure>, of request: ProviderRequest, failures: Int
    ) -> Duration? {
        let own = retries.wait(after: failures, jitter: jitter.next())
        switch result {
        case .failure(.notSent): return own
        case .failure(.noResponse): return request.repetition == .safe ? own : nil
        case .failure(.tooLong): return nil
        case .success(let response):
            let isBusy = [502, 503, 504].contains(response.status) && request.repetition == .safe
            guard response.status == 429 || isBusy else { return nil }
            let advised = response.headers.onlyValue(named: "Retry-After").flatMap {
                RetryAfter.wait($0, at: clock.now())
            }
            guard let advised else { return own }
            return advised <= retries.longestAdvisedWait ? advised : nil
        }
    }

    private func pause(_ duration: Duration) async throws {
        guard !Task.isCancelled else { throw ProviderCallFailure.cancelled }
        guard duration > .zero else { return }
        do {
            try await clock.sleep(duration)
        } catch {
            throw ProviderCallFailure.cancelled
        }
    }
}
