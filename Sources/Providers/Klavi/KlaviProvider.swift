package import Deliveries

/// Klavi, an open-finance provider (klavi-reference). Klavi sends reports as JSON objects and events as arrays, and
/// redirects browsers back from its consent pages. Deliveries are signed with HMAC-SHA256 over the body as sent.
package struct KlaviProvider: Provider {
    package var descriptor: ProviderDescriptor { Self.descriptor }

    /// True to also accept a signature over the body without its white space. The sample code in Klavi's documentation
    /// computes that signature.
    private let acceptsCompacted: Bool

    package init(acceptsCompacted: Bool = false) {
        self.acceptsCompacted = acceptsCompacted
    }

    package var acceptingCompacted: (any Provider)? { KlaviProvider(acceptsCompacted: true) }

    /// A GET with the parameters of a redirect is from a browser (klavi-reference: Browser redirect). Any other GET,
    /// and a request with an empty body, `[]` or `{}`, is the console's connectivity test. The body may start with a
    /// byte order mark (klavi-reference: Undocumented).
    package func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening {
        if request.method == "GET" {
            let names = request.target.queryItems.map(\.name)
            guard names.contains(where: { KlaviRedirect.parameters.contains($0) }) else { return Self.connectivityTest }
            if names.contains("error") { return .redirect(BrowserPage.notCompleted.response(to: request)) }
            return .redirect(BrowserPage.redirect(request, to: nil, redirects))
        }
        return Self.isEmptyMessage(request.body) ? Self.connectivityTest : .delivery
    }

    /// `X-Klavi-Signature` has 64 hexadecimal digits of either case, optionally after `sha256=`
    /// (klavi-reference: Signature). `X-Klavi-Timestamp` is not signed, so it is not checked.
    package func verify(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> OriginCheck {
        let check = HMACScheme.klavi.check(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
        guard acceptsCompacted, check == .failed(.mismatch) else { return check }
        return HMACScheme.klavi.check(
            request.compacted, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
    }

    package func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        delivery.request.method == "GET" ? KlaviRedirect.parse(delivery) : KlaviBody.parse(delivery)
    }

    private static let connectivityTest = Screening.handshake(.json(200, #"{"ok":true}"#), event: "connectivity test")

    private static func isEmptyMessage(_ body: [UInt8]) -> Bool {
        guard body.count <= 16 else { return false }
        let text = body.dropFirst(body.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0)
            .filter { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        return text.isEmpty || text == Array("[]".utf8) || text == Array("{}".utf8)
    }
}
