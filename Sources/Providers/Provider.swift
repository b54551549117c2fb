package import Deliveries

/// One provider's way of calling back: how a request is told apart, how its sender is proved, what it says.
///
/// Pure: bytes in, values out. `screen` and `verify` stand before the acknowledgement and look at no JSON; `parse`
/// runs later, over the journal, and may be run again on everything that ever came.
package protocol Provider: Sendable {
    /// What the rest of Callbox knows about it.
    var descriptor: ProviderDescriptor { get }

    /// The provider with signatures over the body without its white space accepted as well; nil if no sender of this
    /// provider signs that.
    var acceptingCompacted: (any Provider)? { get }

    /// Says what a request is before anything is checked.
    func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening

    /// Checks who sent a delivery, over its bytes as they came. Takes the same time whatever is wrong with the proof.
    func verify(_ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64) -> OriginCheck

    /// Reads a delivery. Never fails: what cannot be read is one report of the type `unrecognised`.
    func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery
}

extension Provider {
    package var acceptingCompacted: (any Provider)? { nil }

    package var name: String { descriptor.name }

    package var secretPurposes: [SecretPurpose] { descriptor.secretPurposes }
}

/// What a request is.
package enum Screening: Sendable, Equatable {
    /// Not a delivery, such as a connectivity test: answered at once, logged under `event`, not archived.
    case handshake(Response, event: String)
    /// Sent by the provider: to be verified and archived.
    case delivery
    /// A browser that the provider sent back: archived without verification, then answered with this.
    case redirect(Response)
}

/// What the check of a delivery's origin found.
package enum OriginCheck: Sendable, Equatable {
    case verified(secretName: String)
    /// The signature is right and its time lies `milliseconds` away from ours, in the past where positive.
    case expired(secretName: String, milliseconds: Int64)
    case failed(Rejection)

    /// Why nothing proves the sender.
    package enum Rejection: String, Error, Sendable {
        case missing = "no signature header"
        case repeated = "the signature header stands more than once"
        case malformed = "the signature header is not written as documented"
        case mismatch = "no configured secret gives this signature"
        case address = "the sender's address is not allowed"
    }
}
