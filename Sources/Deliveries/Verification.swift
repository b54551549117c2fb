/// The result of checking a delivery's origin, as it is recorded.
package enum Verification: String, Sendable, CaseIterable {
    /// A configured secret verifies the sender.
    case verified
    /// No configured secret verifies the sender.
    case failed
    /// The signature is correct, but its time is outside the tolerance.
    case expired
    /// The delivery was not checked: a browser redirect, a source with `verify: none`, or an import.
    case unverified
    /// The delivery is the response to Callbox's own call to the provider's API.
    case fetched
}
