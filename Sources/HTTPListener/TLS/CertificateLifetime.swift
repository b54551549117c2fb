package import Deliveries

/// The remaining days of a certificate.
package enum CertificateLifetime {
    /// The number of remaining days below which a warning is logged. Automatic renewal usually happens 30 days before
    /// expiry.
    package static let warningDays: Int64 = 14

    /// The number of whole days until the expiry, rounded down; negative after the expiry.
    package static func days(until expiry: Timestamp, at now: Timestamp) -> Int64 {
        let (days, rest) = expiry.milliseconds(since: now).quotientAndRemainder(dividingBy: 86_400_000)
        return rest < 0 ? days - 1 : days
    }
}
