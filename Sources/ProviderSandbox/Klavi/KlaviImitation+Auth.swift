internal import Foundation

extension KlaviImitation {
    mutating func logIn(_ request: APIRequest, _ world: inout World) throws(KlaviRefusal) -> APIReply {
        var fields = try KlaviFields(request)
        let accessKey = fields.text("accessKey", isRequired: true)
        let secretKey = fields.text("secretKey", isRequired: true)
        try fields.finish()
        guard accessKey == SandboxAccount.klaviAccessKey, secretKey == SandboxAccount.klaviSecretKey else {
            throw .unauthorized("Invalid accessKey or secretKey")
        }
        return issueToken(&world)
    }

    /// The token that asks keeps its own lifetime.
    mutating func refresh(_ request: APIRequest, _ world: inout World) throws(KlaviRefusal) -> APIReply {
        try requireAccessToken(request, world)
        return issueToken(&world)
    }

    func requireAccessToken(_ request: APIRequest, _ world: World) throws(KlaviRefusal) {
        guard let token = request.authorization("Bearer") else { throw .unauthorized("Missing access token") }
        guard let end = accessTokens[token] else { throw .unauthorized("Invalid access token") }
        guard world.now < end else { throw .unauthorized("Access token expired") }
    }

    /// The link whose token the call carries.
    func linkOfToken(_ request: APIRequest, _ world: World) throws(KlaviRefusal) -> KlaviLink {
        guard let token = request.authorization("Bearer") else { throw .unauthorized("Missing link token") }
        guard let link = linkTokens[token].flatMap({ links[$0] }) else { throw .unauthorized("Invalid link token") }
        guard world.now < link.expiresAt else { throw .unauthorized("Link token expired") }
        return link
    }

    private mutating func issueToken(_ world: inout World) -> APIReply {
        let token = world.random.token(64)
        accessTokens[token] = world.now + Self.tokenLifetime
        return .json(200, ["accessToken": .string(token), "expireIn": .integer(Int(Self.tokenLifetime))])
    }
}
