/// EZiD (PROVIDERS.md 3): e-mail links that end in three tokens. It never calls its customer; the user's browser does,
/// and `trigger` stands for that browser.
///
/// | call | does |
/// |---|---|
/// | POST /email-link/send | makes a link; `push_email` Yes puts a mail into `/mailbox` |
/// | POST /email-link/verify | a code, once, for tokens |
/// | GET /ezid/public-key.pem | the key to check the tokens with |
/// | GET /mailbox, /mailbox/{n} | the mails |
package struct EZiDImitation: Imitation {
    package static let name = "ezid"

    /// A browser's own headers; a redirect has no other proof.
    private static let browserHeaders = [
        HeaderLine("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        HeaderLine("Accept", "text/html"),
    ]

    private var issuer: EZiDTokenIssuer
    private var links = EZiDEmailLinks()
    private var mailbox = EZiDMailbox()

    /// Makes its signing key at the first need.
    package init() {
        issuer = EZiDTokenIssuer()
    }

    /// - Parameter signingKeyPEM: an RSA private key of at least 2048 bits; it is refused otherwise.
    package init(signingKeyPEM: String) throws(SandboxRefusal) {
        issuer = EZiDTokenIssuer(key: try EZiDSigningKey(pem: signingKeyPEM))
    }

    package mutating func answer(_ request: APIRequest, _ world: inout World) -> APIReply? {
        do throws(EZiDRefusal) {
            switch (request.method, request.path) {
            case ("POST", ["email-link", "send"]):
                return try links.send(try EZiDFields(request), &mailbox, &world)
            case ("POST", ["email-link", "verify"]):
                return try links.verify(try EZiDFields(request), &issuer, &world)
            case ("GET", ["ezid", "public-key.pem"]):
                return try issuer.publicKey()
            default:
                return mailbox.answer(request, world)
            }
        } catch {
            return error.reply
        }
    }

    /// Always refused: there is nothing to set up.
    package mutating func register(_ registration: Registration, _ world: inout World) throws(SandboxRefusal) {
        throw SandboxRefusal(
            "EZiD has no callback URL to register; each call to /email-link/send gives one as base_url_email_link")
    }

    /// Opens a new link in a browser, once. `reference` is the e-mail address of its user; `externalInfo` becomes the
    /// claims. A redirect has no body, so `byteCount` is refused.
    package mutating func trigger(_ trigger: Trigger, _ world: inout World) throws(SandboxRefusal) {
        guard trigger.kind == "redirect" else {
            throw SandboxRefusal("EZiD delivers no '\(trigger.kind)'; its only kind is 'redirect'")
        }
        guard let base = trigger.url, EZiDLinkURL.isAcceptable(base) else {
            throw SandboxRefusal("a redirect needs a URL to go to; give it with 'url'")
        }
        guard trigger.byteCount == nil else {
            throw SandboxRefusal("a redirect has no body that could be of a size; leave 'byteCount' out")
        }
        let email = trigger.reference ?? "ana.souza@example.com"
        guard EZiDFields.isEmail(email) else {
            throw SandboxRefusal("the reference of a redirect is the user's e-mail address")
        }
        let identity = EZiDTokenIssuer.Identity(address: email, customClaims: .object(trigger.externalInfo))
        let link = links.make(for: identity, base: base, &world)
        world.send(
            Callback(
                provider: Self.name, kind: "redirect", method: "GET", url: link.url, group: "ezid \(link.uuid)",
                policy: RetryPolicy { _ in true }, reference: link.uuid, makeBody: { [] },
                makeProof: { _, _ in Self.browserHeaders }))
    }
}
