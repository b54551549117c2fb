internal import Deliveries

/// Sends the calls of one account: not faster than the provider allows, and again where that cannot do harm.
package struct ProviderCalls: Sendable {
    package let clock: CallClock
    private let transport: ProviderTransport
    private let rateLimit: RateLimit?
    private let retries: RetryPolicy
    private let jitter: Jitter

    package init(
        transport: ProviderTransport, clock: CallClock = .system, rateLimit: RateLimit? = nil,
        retries: RetryPolicy = RetryPolicy(), jitter: Jitter = Jitter()
    ) {
        self.transport = transport
        self.clock = clock
        self.rateLimit = rateLimit
        self.retries = retries
        self.jitter = jitter
    }

    private enum Attempt {
        case answered(ProviderResponse)
        case failed(TransportFailure)
    }

    /// The answer, be it a rejection.
    ///
    /// Tried again are: a request that never left; 429, after the wait that the provider asks for; 502, 503, 504 and no
    /// answer, if the request is safe to repeat.
    /// Throws `unreachable` when no answer came, `cancelled`, and `unexpectedResponse` for one that is too long.
    func send(_ request: ProviderRequest) async throws(ProviderCallFailure) -> ProviderResponse {
        var failures = 0
        while true {
            try await pause(rateLimit?.take(at: clock.now()) ?? .zero)
            let attempt = await attempt(request)
            failures += 1
            if failures < retries.tries, let wait = wait(after: attempt, of: request, failures: failures) {
                try await pause(wait)
                continue
            }
            switch attempt {
            case .answered(let response): return response
            case .failed(let failure): throw ProviderCallFailure(failure)
            }
        }
    }

    private func attempt(_ request: ProviderRequest) async -> Attempt {
        do {
            return .answered(try await transport.exchange(request))
        } catch {
            return .failed(error)
        }
    }

    /// Nil: not again.
    private func wait(after attempt: Attempt, of request: ProviderRequest, failures: Int) -> Duration? {
        let own = retries.wait(after: failures, jitter: jitter.next())
        switch attempt {
        case .failed(.notSent): return own
        case .failed(.noResponse): return request.repetition == .safe ? own : nil
        case .failed(.tooLong): return nil
        case .answered(let response):
            let advised = response.headers.onlyValue(named: "Retry-After").flatMap {
                RetryAfter.wait($0, at: clock.now())
            }
            let isBusy = [502, 503, 504].contains(response.status) && request.repetition == .safe
            guard response.status == 429 || isBusy else { return nil }
            guard let advised else { return own }
            return advised <= retries.longestAdvisedWait ? advised : nil
        }
    }

    private func pause(_ duration: Duration) async throws(ProviderCallFailure) {
        guard !Task.isCancelled else { throw .cancelled }
        guard duration > .zero else { return }
        do {
            try await clock.sleep(duration)
        } catch {
            throw .cancelled
        }
    }
}
