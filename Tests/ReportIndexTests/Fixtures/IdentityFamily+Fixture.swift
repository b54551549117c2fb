import Deliveries

extension [IdentityFamily] {
    /// What the tests' reports are about.
    static var fixture: [IdentityFamily] {
        [
            IdentityFamily("link", ["linkId"], subject: .link),
            IdentityFamily("connection", ["connection_id"], subject: .link),
            IdentityFamily("case", ["object_id", "cfRef"], subject: .case),
            IdentityFamily("applicant", ["id"], subject: .case, api: "legacy"),
            IdentityFamily("person", ["personalTaxId", "login_hint"], subject: .subject),
            IdentityFamily("request", ["requestId"]),
        ]
    }

    static var link: [IdentityFamily] { fixture.identifying(.link) }
}
