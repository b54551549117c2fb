internal import CallboxConfiguration
internal import Deliveries
internal import HTTPListener
internal import Logging
internal import Synchronization

/// The listener of the sources once it is open. The admin listener opens before it.
final class OpenedListener: Sendable {
    private let value = Mutex<OpenListener?>(nil)

    var listener: OpenListener? {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

extension Server {
    /// Logs the limits in effect, the trusted proxies of a listener on loopback, and how long the certificate is valid.
    func logSettings(_ listener: OpenListener) {
        var effective = configuration
        effective.limits.connectionCount = listener.connectionLimit
        logger.info("limits", metadata: ["values": "\(effective.limitTexts.joined(separator: ", "))"])
        if configuration.listen.isLoopback {
            let count = configuration.trustedProxies.addresses.count
            logger.info("listening on loopback", metadata: ["trusted-proxies": "\(count == 0 ? "none" : "\(count)")"])
        }
        guard let expiresAt = listener.certificateExpiresAt else { return }
        let days = CertificateLifetime.days(until: expiresAt, at: now())
        logger.log(
            level: days < CertificateLifetime.warningDays ? .warning : .info, "certificate",
            metadata: ["expiresAt": "\(expiresAt.rfc3339)", "days": "\(days)"])
    }
}
