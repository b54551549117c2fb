internal import Deliveries

extension EZiDProvider {
    static let descriptor: ProviderDescriptor = {
        var ezid = ProviderDescriptor(
            name: "ezid", title: "EZiD",
            apis: [
                .init(
                    name: "ezid",
                    messageMembers: ["iat", "exp", "nbf", "auth_time", "jti", "access_token", "refresh_token"])
            ])
        ezid.identities = [
            IdentityFamily("uuid", ["uuid"]),
            IdentityFamily("email", ["login_hint"], subject: .subject),
            IdentityFamily("email", ["email"]),
        ]
        ezid.stateFields = ["verified"]
        ezid.redirectType = ReportContent.redirectType
        ezid.sendsOnlyBrowsers = true
        ezid.secretParameters = ["code"]
        ezid.registration = ProviderDescriptor.Registration(
            addresses: [.init(name: "base_url_email_link", path: "/auth")],
            instructions: "Send base_url_email_link with each request for a magic link.")
        ezid.callableAPIs = [EZiDAPI.description]
        return ezid
    }()
}
