package import Deliveries

/// The remaining days of a certificate.
package enum CertificateLifetime {
    /// Fewer remaining days cause a warning. Renewal is usually automatic, 30 days before the end.
    package static let warningDays: Int64 = 14

    /// The whole days until the expiry, rounded down; negative afterwards.
    package static func days(until expiry: Timestamp, at now: Timestamp) -> Int64 {
        let (days, rest) = expiry.milliseconds(since: now).quotientAndRemainder(dividingBy: 86_400_000)
        return rest < 0 ? days - 1 : days
    }
}
