internal import Foundation

/// The e-mail links that were asked for, by their code, and what happens when a customer turns a code in.
struct EZiDEmailLinks: Sendable {
    /// What a caller of `send` gets.
    struct Made: Sendable {
        let url: String
        /// Also a claim of the code.
        let uuid: String
    }

    private struct Link: Sendable {
        let identity: EZiDTokenIssuer.Identity
        let expiresAt: Date
        var isUsed = false
    }

    private var links = RecentRecords<String, Link>()

    mutating func send(
        _ fields: EZiDFields, _ mailbox: inout EZiDMailbox, _ world: inout World
    ) throws(EZiDRefusal) -> APIReply {
        let email = try fields.email()
        let base = try fields.optional("base_url_email_link") ?? EZiDLinkURL.preset
        guard EZiDLinkURL.isAcceptable(base) else { throw EZiDRefusal("base_url_email_link must be a URL") }
        let milliseconds = try fields.expiryMilliseconds()
        let pushEmail = try fields.optional("push_email") ?? "Yes"
        guard ["Yes", "No"].contains(pushEmail) else { throw EZiDRefusal("push_email must be Yes or No") }
        let callbackURL = try fields.optional("callback_url")
        if let callbackURL, !EZiDLinkURL.isAcceptable(callbackURL) {
            throw EZiDRefusal("callback_url must be a URL")
        }
        let loginHint = try fields.optional("login_hint")
        let identity = EZiDTokenIssuer.Identity(address: email, customClaims: try fields.claims())
        let made = make(
            for: identity, base: base, callbackURL: callbackURL, loginHint: loginHint, milliseconds: milliseconds,
            &world)
        if pushEmail == "Yes" { mailbox.add(to: email, link: made.url, sentAt: world.timestamp()) }
        return .json(200, ["success": true, "email_link": .string(made.url)])
    }

    mutating func make(
        for identity: EZiDTokenIssuer.Identity, base: String, callbackURL: String? = nil, loginHint: String? = nil,
        milliseconds: Int64 = 300_000, _ world: inout World
    ) -> Made {
        let uuid = world.random.uuid()
        let issuedAt = world.secondsSinceEpoch
        let code = EZiDCode.value(
            uuid: uuid, issuedAtSeconds: issuedAt, expiresAtSeconds: issuedAt + milliseconds / 1000,
            key: Array(SandboxAccount.ezidCodeKey.utf8))
        links[code] = Link(
            identity: identity, expiresAt: world.now.addingTimeInterval(Double(milliseconds) / 1000))
        let url = EZiDLinkURL.joined(base: base, code: code, callbackURL: callbackURL, loginHint: loginHint)
        return Made(url: url, uuid: uuid)
    }

    /// A code is good for one exchange; a wrong `email` beside it does not use it up.
    mutating func verify(
        _ fields: EZiDFields, _ issuer: inout EZiDTokenIssuer, _ world: inout World
    ) throws(EZiDRefusal) -> APIReply {
        let code = try fields.required("auth_code")
        let email = try fields.optional("email")
        guard var link = links[code] else { throw EZiDRefusal("Invalid code") }
        guard !link.isUsed else { throw EZiDRefusal("Code already used") }
        guard world.now < link.expiresAt else { throw EZiDRefusal("Code expired") }
        guard email == nil || email?.lowercased() == link.identity.address.lowercased() else {
            throw EZiDRefusal("Invalid email")
        }
        let reply = try issuer.issue(for: link.identity, &world)
        link.isUsed = true
        links[code] = link
        return reply
    }
}
