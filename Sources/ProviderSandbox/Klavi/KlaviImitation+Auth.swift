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
        let token = world.random.token(64)
        accessTokens[token] = world.now + Self.tokenLifetime
        return .json(200, ["accessToken": .string(token), "expireIn": .integer(Int(Self.tokenLifetime))])
    }

    func requireAccessToken(_ request: APIRequest, _ world: World) throws(KlaviRefusal) {
        guard let token = request.authorization("Bearer") else { throw .unauthorized("Missing access token") }
        guard let end = accessTokens[token] else { throw .unauthorized("Invalid access token") }
        guard world.now < end else { throw .unauthorized("Access token expired") }
    }
}
