package import Deliveries

/// The days that a certificate is still valid.
package enum CertificateLifetime {
    /// Fewer days are a warning. Renewal is usually automatic, 30 days before the end.
    package static let warningDays: Int64 = 14

    /// Whole days, rounded down; negative after the end.
    package static func days(until expiry: Timestamp, at now: Timestamp) -> Int64 {
        let (days, rest) = expiry.milliseconds(since: now).quotientAndRemainder(dividingBy: 86_400_000)
        return rest < 0 ? days - 1 : days
    }
}
