internal import Foundation

/// The access tokens of the legacy API: ten hours each, told from the time of the sandbox (PROVIDERS.md 2A.2).
struct CertnLegacyTokens: Sendable {
    static let lifetime: TimeInterval = 36_000

    private var expiries = RecentRecords<String, Date>()

    /// `POST /token/`. An unknown grant is refused before the credentials are looked at.
    mutating func answer(_ request: APIRequest, _ world: inout World) -> APIReply {
        guard request.method == "POST" else { return CertnLegacyError.notAllowed(request.method) }
        guard request.formValue("grant_type") == "client_credentials" else {
            return .json(400, ["error": "unsupported_grant_type"])
        }
        guard let credentials = request.basicCredentials, credentials.user == SandboxAccount.certnClientID,
            credentials.password == SandboxAccount.certnClientSecret
        else { return .json(401, ["error": "invalid_client"]) }
        let token = world.random.token(40)
        expiries[token] = world.now + Self.lifetime
        return .json(
            200,
            [
                "access_token": .string(token), "expires_in": .integer(Int(Self.lifetime)), "token_type": "Bearer",
                "scope": "read write",
            ])
    }

    /// Why a call is not let in; nil where its token is good.
    func refusal(of request: APIRequest, _ world: World) -> APIReply? {
        let realm = "Bearer realm=\"api\""
        guard let token = request.authorization("Bearer") else {
            return CertnLegacyError.unauthorized(challenge: realm)
        }
        guard let expiry = expiries[token] else {
            return CertnLegacyError.unauthorized(
                challenge: realm + ", error=\"invalid_token\", error_description=\"The access token is invalid.\"")
        }
        guard world.now < expiry else {
            return CertnLegacyError.unauthorized(
                challenge: realm + ", error=\"invalid_token\", error_description=\"The access token has expired.\"")
        }
        return nil
    }
}
