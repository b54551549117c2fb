/// The recorded result of the check of a delivery's origin.
package enum Verification: String, Sendable, CaseIterable {
    /// A configured secret verifies the sender.
    case verified
    /// No configured secret verifies the sender.
    case failed
    /// The signature is correct, but its time is out of tolerance.
    case expired
    /// Not checked: a browser redirect, a source with `verify: none`, or an import.
    case unverified
    /// The delivery is the response to Callbox's own call of the provider's API.
    case fetched
}
