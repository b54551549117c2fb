internal import Deliveries
internal import Providers
internal import Synchronization

/// Decides whether an unverified request may be stored: a browser redirect in the journal, or a rejected delivery in
/// the quarantine. All event loops share this object; each lock is held only for one lookup.
final class UnprovedIntake: Sendable {
    /// True if the archive has the link that the target of a redirect names.
    typealias IsReferredTo = @Sendable (_ source: String, _ target: RequestTarget) -> Bool

    enum RedirectDecision {
        case kept(RedirectRequest, isReferredTo: Bool)
        /// The redirect is not stored. The reason is for the log.
        case rejected(BrowserPage, reason: String)
    }

    private let redirects: Mutex<RateLimiter>
    private let quarantine: Mutex<RateLimiter>
    private let isSpaceShort: @Sendable () -> Bool
    private let isReferredTo: IsReferredTo

    init(
        redirects: RateLimits, quarantine: RateLimits, isSpaceShort: @escaping @Sendable () -> Bool,
        isReferredTo: @escaping IsReferredTo
    ) {
        self.redirects = Mutex(RateLimiter(redirects))
        self.quarantine = Mutex(RateLimiter(quarantine))
        self.isSpaceShort = isSpaceShort
        self.isReferredTo = isReferredTo
    }

    /// Checks the limit of the address first, so a single address cannot use up the total limit or cause many lookups.
    /// A redirect to a known link is exempt from the total limit, so other redirects cannot block it.
    func decide(_ request: InboundRequest, at source: Source) -> RedirectDecision {
        guard let redirect = RedirectRequest(request) else {
            return .rejected(.linkTooLong, reason: "the target of the redirect is too long")
        }
        guard !isSpaceShort() else { return .rejected(.tryAgain, reason: "disk space is low") }
        let address = Self.address(of: request)
        guard redirects.withLock({ $0.takeForAddress(address, at: request.receivedAt) }) else {
            return .rejected(.tryAgain, reason: "too many redirects from one address")
        }
        let isReferredTo = isReferredTo(source.name, request.target)
        guard isReferredTo || redirects.withLock({ $0.takeFromTotal(at: request.receivedAt) }) else {
            return .rejected(.tryAgain, reason: "too many redirects")
        }
        return .kept(redirect, isReferredTo: isReferredTo)
    }

    /// True if a rejected delivery may be quarantined. Larger deliveries cost more tokens.
    func admitsToQuarantine(_ request: InboundRequest, at source: Source) -> Bool {
        let headerByteCount = request.headers.fields.reduce(request.target.text.utf8.count) {
            $0 + $1.name.utf8.count + $1.value.utf8.count
        }
        let cost = 1 + Int64(headerByteCount + request.body.count) / (16 * 1024)
        let address = Self.address(of: request)
        return quarantine.withLock { limiter in
            limiter.takeForAddress(address, cost: cost, at: request.receivedAt)
                && limiter.takeFromTotal(cost: cost, at: request.receivedAt)
        }
    }

    /// The key of the limits per address. All peers without an address, as on a Unix socket, share one key.
    private static func address(of request: InboundRequest) -> UInt64 {
        NetworkAddress(request.peer)?.subnet ?? 0
    }
}
