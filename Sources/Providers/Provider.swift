package import Deliveries

/// One provider's way of calling back: how a request is told apart, how its sender is proved, what it says.
///
/// Pure: bytes in, values out. `screen` and `verify` stand before the acknowledgement and look at no JSON; `parse`
/// runs later, over the journal, and may be run again on everything that ever came.
package protocol Provider: Sendable {
    /// The word in configuration: `klavi`, `certn`, `ezid`, `certificall`, `generic`, `standard-webhooks`.
    var name: String { get }

    /// What a secret of this provider may be for; the first is meant where a configuration does not say. Empty where the
    /// provider gives nothing to check a delivery with.
    var secretPurposes: [SecretPurpose] { get }

    /// Says what a request is before anything is checked.
    func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening

    /// Checks who sent a delivery, over its bytes as they came. Takes the same time whatever is wrong with the proof.
    func verify(_ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64) -> OriginCheck

    /// Reads a delivery. Never fails: what cannot be read is one report of the type `unrecognised`.
    func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery
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

/// Every provider that a source can name.
package enum ProviderCatalog {
    /// The four that are known by heart, in the order help texts list them.
    package static let known: [any Provider] = [
        KlaviProvider(), CertnProvider(), EZiDProvider(), CertificallProvider(),
    ]

    /// The words that a configuration's `provider:` takes.
    package static let names = known.map(\.name) + describedNames

    /// Those that a configuration has to describe further.
    package static let describedNames = ["generic", "standard-webhooks"]

    /// The provider with this name, with its default settings; nil for names that are not known by heart.
    package static func provider(named name: String) -> (any Provider)? {
        known.first { $0.name.hasSameBytes(as: name) }
    }
}
