package import Deliveries

/// Certificall, a provider of certified photo reports (certificall-reference). Certificall sends one webhook per
/// validated certificate, authenticated in one of three ways.
package struct CertificallProvider: Provider {
    package var descriptor: ProviderDescriptor { Self.descriptor }

    /// True to also accept a signature over the body without its white space (certificall-reference: Undocumented).
    private let acceptsCompacted: Bool

    package init(acceptsCompacted: Bool = false) {
        self.acceptsCompacted = acceptsCompacted
    }

    package var acceptingCompacted: (any Provider)? { CertificallProvider(acceptsCompacted: true) }

    package func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening {
        ["GET", "HEAD"].contains(request.method) ? .connectivityTest : .delivery
    }

    package func verify(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> OriginCheck {
        let check = CertificallAuthorization.check(request, with: secrets)
        guard acceptsCompacted, check == .failed(.mismatch) else { return check }
        return CertificallAuthorization.check(request.compacted, with: secrets)
    }

    package func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        CertificallBody.parse(delivery)
    }
}
