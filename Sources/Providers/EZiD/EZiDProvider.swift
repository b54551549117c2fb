package import Deliveries
internal import StrictJSON

/// EZiD, magic links (ezid-reference): the only callback is the user's browser, which brings a code. Nobody but EZiD
/// can check the code; it is a credential, kept and never shown.
package struct EZiDProvider: Provider {
    package var descriptor: ProviderDescriptor { Self.descriptor }

    package init() {}

    /// A second redirect, or a mail scanner's request, changes nothing: the code is exchanged by the customer's own server.
    package func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening {
        guard request.method == "GET" else {
            return request.method == "HEAD"
                ? .handshake(.text(200, "Callbox is here. Browsers come with a code.\n"), event: "connectivity test")
                : .handshake(Self.noDelivery, event: "EZiD sends browsers, nothing else")
        }
        guard let code = request.target.ezidValue(named: "code"), !code.isEmpty else {
            return .handshake(BrowserPage.incompleteLink.response(to: request), event: "redirect without a code")
        }
        let wish = request.target.ezidValue(named: "callback_url")
        return .redirect(BrowserPage.redirect(request, to: wish, redirects))
    }

    /// No 2xx for a body that would not be kept.
    private static let noDelivery = Response.text(
        405, "EZiD sends browsers with GET; nothing else is archived here.\n",
        headers: [HeaderField("Allow", "GET, HEAD")])

    /// There is nothing to verify with, so nothing is ever verified.
    package func verify(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> OriginCheck {
        .failed(.missing)
    }

    package func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        if delivery.verification == .fetched { return EZiDFetched.parse(delivery) }
        let target = delivery.request.target
        guard let code = target.ezidValue(named: "code"), !code.isEmpty else {
            return delivery.unrecognised(provider: name, problem: "there is no code in the query")
        }
        var collector = FieldCollector()
        let claims = EZiDCode.claims(of: code)
        collector.add("uuid", claims?.root["uuid"])
        let callbackURL = target.ezidValue(named: "callback_url")
        if callbackURL != "unspecified" { collector.add("callback_url", callbackURL) }
        collector.add("login_hint", target.ezidValue(named: "login_hint"))
        let key =
            claims?.root["uuid"]?.identifier.map { DedupeKey.key("code", $0) }
            ?? "code:sha256:" + DedupeKey.sha256Hex(code)
        return ParsedDelivery(reports: [
            ReportContent(
                provider: name, type: "redirect", dedupeKey: key, providerTime: claims.flatMap(EZiDCode.issuedAt),
                fields: collector.fields,
                problem: claims == nil ? "the code is not a JSON Web Token" : collector.problem)
        ])
    }
}

extension RequestTarget {
    /// The value of a parameter. A base URL that has a query of its own may be joined with a second `?`
    /// (ezid-reference: Undocumented), so what stands behind the last one is looked at too.
    func ezidValue(named name: String) -> String? {
        if let value = queryValue(named: name) { return value }
        return text.utf8.lastIndex(of: UInt8(ascii: "?")).flatMap {
            RequestTarget("/" + text[$0...]).queryValue(named: name)
        }
    }
}
