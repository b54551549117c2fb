package import Deliveries
internal import StrictJSON

/// EZiD, a provider of logins by magic link (ezid-reference). The only callback is a redirect of the user's browser
/// with a code. The code is a credential that only EZiD can check. Callbox stores the code but never shows it.
package struct EZiDProvider: Provider {
    package var descriptor: ProviderDescriptor { Self.descriptor }

    package init() {}

    package func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening {
        guard request.method == "GET" else {
            return request.method == "HEAD"
                ? .handshake(
                    .text(200, "This is Callbox. EZiD redirects browsers here with a code.\n"),
                    event: "connectivity test")
                : .handshake(Self.noDelivery, event: "a method that EZiD does not use")
        }
        guard let code = request.target.queryValue(named: "code"), !code.isEmpty else {
            return .handshake(BrowserPage.incompleteLink.response(to: request), event: "redirect without a code")
        }
        let wish = request.target.queryValue(named: "callback_url")
        return .redirect(BrowserPage.redirect(request, to: wish, redirects))
    }

    /// The status is not 2xx, because the body is not stored.
    private static let noDelivery = Response.text(
        405, "EZiD redirects browsers here with GET. Other methods are not archived.\n",
        headers: [HeaderField("Allow", "GET, HEAD")])

    /// Always fails, because EZiD does not sign its requests.
    package func verify(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> OriginCheck {
        .failed(.missing)
    }

    package func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        if delivery.isFetched { return EZiDFetched.parse(delivery) }
        let target = delivery.request.target
        guard let code = target.queryValue(named: "code"), !code.isEmpty else {
            return delivery.unrecognised(provider: name, problem: "the query has no code")
        }
        // The code is a JWT, but only EZiD has its key (ezid-reference: Code), so its claims cannot be verified.
        let claims = JSONWebToken.claims(of: code)
        var collector = FieldCollector(problem: claims == nil ? "the code is not a JSON Web Token" : nil)
        let uuid = claims?.root["uuid"]
        collector.add("uuid", uuid)
        let callbackURL = target.queryValue(named: "callback_url")
        if callbackURL != "unspecified" { collector.add("callback_url", callbackURL) }
        collector.add("login_hint", target.queryValue(named: "login_hint"))
        let key =
            uuid?.identifier.map { DedupeKey.key("code", $0) } ?? "code:sha256:" + DedupeKey.sha256Hex(code)
        let time = claims?.root["iat"].flatMap(Self.time)
        return ParsedDelivery(reports: [collector.report(name, ReportContent.redirectType, key: key, time: time)])
    }

    /// A time in Unix seconds.
    private static func time(_ value: JSONValue) -> Timestamp? {
        guard let text = value.scalarText, text.utf8.count <= 13, let seconds = DecimalText.nonNegative(text.utf8)
        else {
            return nil
        }
        return Timestamp(millisecondsSinceEpoch: seconds * 1000)
    }
}
