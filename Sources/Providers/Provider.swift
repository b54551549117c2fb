package import Deliveries

/// Screens, verifies and parses the requests of a provider.
///
/// All functions are pure. `screen` and `verify` run before the acknowledgement and must not parse JSON. `parse` runs
/// later on the journal, possibly several times per delivery.
package protocol Provider: Sendable {
    var descriptor: ProviderDescriptor { get }

    /// This provider, but with support for signatures over the body without its white space. Nil if no sender of this
    /// provider signs that form.
    var acceptingCompacted: (any Provider)? { get }

    /// Classifies a request before its signature is checked.
    func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening

    /// Checks the sender of a delivery over its raw bytes. Takes the same time for every kind of invalid signature or
    /// credential.
    func verify(_ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64) -> OriginCheck

    /// Parses a delivery. Never fails: a delivery that cannot be read becomes one report of the type `unrecognised`.
    func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery
}

extension Provider {
    package var acceptingCompacted: (any Provider)? { nil }

    package var name: String { descriptor.name }

    package var secretPurposes: [SecretPurpose] { descriptor.secretPurposes }
}

/// The kind of a request.
package enum Screening: Sendable, Equatable {
    /// A request that is not a delivery, such as a connectivity test. Callbox responds at once, logs `event` and does
    /// not archive the request.
    case handshake(Response, event: String)
    /// A delivery, which must be verified and archived.
    case delivery
    /// A browser redirect. It is archived without verification before the response is sent.
    case redirect(Response)
}

extension Screening {
    /// A GET or HEAD to a source whose deliveries are POST requests.
    static let connectivityTest = Screening.handshake(
        .text(200, "This is Callbox. Send deliveries with POST.\n"), event: "connectivity test")
}

/// The result of checking the origin of a delivery.
package enum OriginCheck: Sendable, Equatable {
    case verified(secretName: String)
    /// The signature is correct, but its time is outside the tolerance. `milliseconds` is the time of arrival minus the
    /// signed time.
    case expired(secretName: String, milliseconds: Int64)
    case failed(Rejection)

    package enum Rejection: String, Error, Sendable {
        case missing = "no signature header"
        case repeated = "the signature header is repeated"
        case malformed = "the signature header is malformed"
        case mismatch = "no configured secret matches the signature"
        case address = "the sender's address is not allowed"
        case unknownAddress = "the sender's address is not known"
        case certificate = "the sender presented none of the allowed client certificates"
    }
}
