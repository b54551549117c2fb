internal import CryptoExtras
internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The fake of EZiD: email links whose code is exchanged for three tokens (docs/providers/ezid.md). EZiD itself never
/// calls its customer. The user's browser calls the customer, and `trigger` replaces the browser.
struct FakeEZiD: FakeProvider {
    static let name = "ezid"
    /// The lifetime of id and access tokens, in seconds.
    static let tokenLifetime: Int64 = 36_000
    static let mailLimit = 200

    /// The links by their codes.
    private var links = RecentRecords<String, (email: String, claims: JSON, expiresAt: Date, isUsed: Bool)>()
    private var mails = RecentRecords<Int, (recipient: String, link: String, sentAt: String)>()
    private var key: _RSA.Signing.PrivateKey?

    init() {}

    mutating func respond(to request: APIRequest, _ world: inout World) throws -> Response? {
        switch (request.method, request.path) {
        case ("POST", ["email-link", "send"]): return try send(request, &world)
        case ("POST", ["email-link", "verify"]): return try verify(request, &world)
        case ("GET", ["ezid", "public-key.pem"]):
            let pem = try signingKey().publicKey.pemRepresentation
            return .file(Array(pem.utf8), "application/x-pem-file")
        case ("GET", ["mailbox"]): return mailbox(of: request.queryValue("email"), world)
        case ("GET", let path) where path.first == "mailbox" && path.count == 2: return mail(path[1])
        default: return nil
        }
    }

    mutating func register(_ registration: Registration, _ world: inout World) throws {
        throw SandboxFailure(
            "ezid has no callback URL to register; each call to /email-link/send has a base_url_email_link")
    }

    /// Opens a new link once, as a browser does. `reference` is the user's email address; `externalInfo` becomes the
    /// claims.
    mutating func trigger(_ trigger: Trigger, _ world: inout World) throws {
        try require(trigger, ["redirect"])
        guard let base = trigger.url, WebAddress.isHTTP(base) else {
            throw SandboxFailure("a redirect needs a URL; set it with --to")
        }
        let email = trigger.reference ?? "ana.souza@example.com"
        guard TextForm.isEmail(email) else {
            throw SandboxFailure("the reference of a redirect is the user's email address")
        }
        let (code, uuid) = makeCode(for: email, claims: .object(trigger.externalInfo), milliseconds: 300_000, &world)
        let url = WebAddress.adding([("code", code), ("callback_url", "unspecified")], to: base)
        world.send(
            Callback(
                provider: Self.name, type: "redirect", method: "GET", url: url, group: "ezid \(uuid)",
                policy: RetryPolicy { _ in true }, reference: uuid, makeBody: { [] }
            ) { _, _ in
                let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                return [HeaderField("User-Agent", browser), HeaderField("Accept", "text/html")]
            })
    }

    private static func object(_ request: APIRequest, _ fields: [BodyField]) throws -> JSON {
        let credentials: [BodyField] = [.required("client_id", .text), .required("client_secret", .text)]
        let object = try request.object(credentials) { .ezid($0[0]) }
        guard object["client_id"] == .string(SandboxAccount.ezidClientID) else {
            throw Rejection.ezid("Invalid Client ID")
        }
        guard object["client_secret"] == .string(SandboxAccount.ezidClientSecret) else {
            throw Rejection.ezid("Invalid Client Secret")
        }
        return try request.object(fields) { .ezid($0[0]) }
    }

    private mutating func send(_ request: APIRequest, _ world: inout World) throws -> Response {
        let object = try Self.object(
            request,
            [
                .required("email", .email), .optional("base_url_email_link", .httpURL), .optional("expiry", .text),
                .optional("push_email", .choice(["Yes", "No"])), .optional("callback_url", .httpURL),
                .optional("login_hint", .text), .optional("claims", .object([])),
            ])
        let expiry = object["expiry"]?.string ?? "300000"
        guard let milliseconds = DecimalText.nonNegative(expiry.utf8), (1...999_999_999_999_999).contains(milliseconds)
        else { throw Rejection.ezid("expiry must be a string of milliseconds") }
        let email = object["email"]?.string ?? ""
        let claims = object["claims"]?.members.map { JSON.object($0) } ?? [:]
        let (code, _) = makeCode(for: email, claims: claims, milliseconds: milliseconds, &world)
        var parameters = [("code", code), ("callback_url", object["callback_url"]?.string?.nonBlank ?? "unspecified")]
        if let hint = object["login_hint"]?.string?.nonBlank { parameters.append(("login_hint", hint)) }
        let base = object["base_url_email_link"]?.string?.nonBlank ?? "http://localhost:3000"
        let link = WebAddress.adding(parameters, to: base)
        if object["push_email"]?.string != "No" {
            mails.set((mails.keys.last ?? 0) + 1, (email, link, world.now.milliseconds))
        }
        return .json(200, ["success": true, "email_link": "\(link)"])
    }

    private mutating func makeCode(
        for email: String, claims: JSON, milliseconds: Int64, _ world: inout World
    ) -> (code: String, uuid: String) {
        let uuid = world.random.uuid()
        let issuedAt = world.secondsSinceEpoch
        let code = Signature.token(
            claims: ["uuid": "\(uuid)", "iat": .integer(issuedAt), "exp": .integer(issuedAt + milliseconds / 1000)],
            key: SandboxAccount.ezidCodeKey)
        links.set(code, (email, claims, world.now + Double(milliseconds) / 1000, false))
        return (code, uuid)
    }

    /// Exchanges a code for tokens. A code is valid for one exchange. A call with a wrong `email` does not use up the
    /// code.
    private mutating func verify(_ request: APIRequest, _ world: inout World) throws -> Response {
        let object = try Self.object(request, [.required("auth_code", .text), .optional("email", .text)])
        let code = object["auth_code"]?.string ?? ""
        guard var link = links[code] else { throw Rejection.ezid("Invalid code") }
        guard !link.isUsed else { throw Rejection.ezid("Code already used") }
        guard world.now < link.expiresAt else { throw Rejection.ezid("Code expired") }
        guard (object["email"]?.string ?? link.email).lowercased() == link.email.lowercased() else {
            throw Rejection.ezid("Invalid email")
        }
        link.isUsed = true
        links.set(code, link)
        let subject = "\(link.email).ezid.io/\(SandboxAccount.ezidClientID)"
        let times: JSON = [
            "iat": .integer(world.secondsSinceEpoch), "exp": .integer(world.secondsSinceEpoch + Self.tokenLifetime),
        ]
        // A person always has the same proxy address.
        let proxy = "\(Signature.hex(Array(link.email.utf8), "proxy").prefix(16))@proxy.example.com"
        let idClaims: JSON = [
            "sub": "\(subject)", "iss": "https://ezid.io", "email": "\(link.email)", "proxy_email": "\(proxy)",
            "nonce": "\(world.random.hex(32))",
        ]
        let accessClaims: JSON = [
            "sub": "\(subject)", "iss": "https://ezid.io", "azp": "\(SandboxAccount.ezidClientID)",
            "scope": "openid allow:invite", "custom_claims": link.claims,
        ]
        let idToken = try token(idClaims.merging(times))
        let accessToken = try token(accessClaims.merging(times))
        return .json(
            200,
            [
                "id_token": "\(idToken)", "access_token": "\(accessToken)",
                "refresh_token": "\(world.random.uuid())", "success": true,
            ])
    }

    /// A token that is signed with RS256. Callbox verifies the token with another library.
    private mutating func token(_ claims: JSON) throws -> String {
        let input = Signature.tokenInput(algorithm: "RS256", claims: claims)
        let signature = try signingKey().signature(for: Data(input.utf8), padding: .insecurePKCS1v1_5)
        return "\(input).\(Signature.base64URL(signature.rawRepresentation))"
    }

    private mutating func signingKey() throws -> _RSA.Signing.PrivateKey {
        let key = try key ?? _RSA.Signing.PrivateKey(keySize: .bits2048)
        self.key = key
        return key
    }

    private func mail(_ number: String) -> Response {
        guard let mail = Int(number).flatMap({ mails[$0] }) else {
            return .message(404, "No such mail", "There is no e-mail with this number.")
        }
        return .page(
            200, "Your sign-in link",
            """
            <dl><dt>To</dt><dd id="recipient">\(HTML.escape(mail.recipient))</dd><dt>Sent</dt><dd>\(mail.sentAt)</dd></dl>
            <p><a id="magic-link" class="button" rel="noreferrer" href="\(HTML.escape(mail.link))">Sign in</a></p>
            """)
    }

    private func mailbox(of email: String?, _ world: World) -> Response {
        let found = mails.keys.reversed().lazy.compactMap { number in mails[number].map { (number, $0) } }
            .filter { email == nil || email?.lowercased() == $0.1.recipient.lowercased() }
        let rows = found.prefix(Self.mailLimit).map { number, mail in
            "<li><a href=\"\(world.baseURL)/mailbox/\(number)\">Your sign-in link</a>, "
                + "to \(HTML.escape(mail.recipient)), \(mail.sentAt)</li>"
        }
        guard !rows.isEmpty else { return .message(200, "Mailbox", "No mail.") }
        return .page(200, "Mailbox", "<ul>\(rows.joined(separator: ""))</ul>")
    }
}

extension Rejection {
    /// Only the reasons about the client's credentials are documented. The other reasons and the status are guesses.
    fileprivate static func ezid(_ reason: String) -> Rejection {
        Rejection(400, ["success": false, "reason": "\(reason)"])
    }
}
