/// The recorded result of the check of a delivery's origin.
package enum Verification: String, Sendable, CaseIterable {
    /// A configured secret proves the sender.
    case verified
    /// No configured secret proves the sender.
    case failed
    /// The signature is right and its time is out of tolerance.
    case expired
    /// Not checked: a browser redirect, a source with `verify: none`, or an import.
    case unverified
    /// The response to a call of ours at the provider's API.
    case fetched
}
