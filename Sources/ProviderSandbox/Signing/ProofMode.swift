/// What happens to the recorded proof of a sample before it is sent.
package enum ProofMode: Sendable, Equatable {
    /// Signed as the provider would sign it now.
    case fresh
    /// Sent as it was recorded.
    case recorded
    /// Signed now, with a secret that is not the right one.
    case wrong
}
