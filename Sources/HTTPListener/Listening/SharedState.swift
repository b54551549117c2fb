internal import NIOCore

/// The state that all connections of a listener share.
final class SharedState: Sendable {
    let application: ListenerApplication
    let limits: ListenerLimits
    let proxies: TrustedProxies
    /// The certificates of the listener; nil without TLS.
    let certificates: TLSCertificates?
    let counters: ListenerCounters
    let budget: BodyBudget
    let dates = DateHeader()
    let connections: ConnectionRegistry

    init(
        _ application: ListenerApplication, limits: ListenerLimits, proxies: TrustedProxies,
        certificates: TLSCertificates? = nil,
        counters: ListenerCounters, connections: ConnectionRegistry? = nil
    ) {
        self.application = application
        self.limits = limits
        self.proxies = proxies
        self.certificates = certificates
        self.counters = counters
        self.budget = BodyBudget(limit: limits.bufferedBodyByteCount)
        self.connections = connections ?? ConnectionRegistry(limits: limits, counters: counters)
    }
}
