/// What the check of a delivery's origin came to, as the archive remembers it.
package enum Verification: String, Sendable, CaseIterable {
    /// A configured secret proves the sender.
    case verified
    /// Nothing configured proves it.
    case failed
    /// The signature is right and its time is out of tolerance.
    case expired
    /// There was nothing to check: a browser redirect, or a source that says `verify: none`.
    case unverified
    /// Asked for by us, over a connection to the provider's API: no delivery of the provider's own accord.
    case fetched
}
