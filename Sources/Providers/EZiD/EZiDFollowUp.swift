internal import Deliveries
internal import StrictJSON

/// Exchanges the code of a browser redirect for tokens. Keeps only the claims of the tokens, because the tokens are
/// valid for hours.
enum EZiDFollowUp {
    static let rules = FollowUpRules(
        triggers: [
            .init(provider: "ezid", type: "redirect") { report in
                report.value(of: "uuid").map { [FollowUpTarget(claims.name, $0)] } ?? []
            }
        ],
        tasks: [claims])

    /// `POST /email-link/verify`. The subject is the code's uuid. A code is valid for a few minutes and can be
    /// exchanged once.
    private static let claims = FollowUpTask(name: "ezid-claims", attemptLimit: 3) { uuid, account, context in
        guard let code = context.cause?.target.queryValue(named: "code"), !code.isEmpty else {
            throw ProviderCallFailure.badInput("The code is no longer in the archive.")
        }
        let verifier = try EZiDTokenVerifier(account)
        var body = EZiDAPI.body(account)
        body.set("auth_code", code)
        return ProviderCall(json: account.request("POST", "/email-link/verify", json: body.json)) { response in
            let now = response.response.receivedAt
            let text = JSONText.object([
                .init("uuid", .string(uuid)),
                .init("id_token", verifier.describe(try response.text("id_token"), at: now)),
                .init("access_token", verifier.describe(try response.text("access_token"), at: now)),
                .init(
                    "refresh_token",
                    .object([.init("given", .boolean(response.optionalText("refresh_token") != nil))])),
            ])
            return .fetched(
                ProviderResponse(
                    status: 200, headers: [HeaderField("Content-Type", "application/json")],
                    body: Array(text.compact.utf8), receivedAt: now), path: "/email-link/verify", method: "POST")
        }
    }
}
