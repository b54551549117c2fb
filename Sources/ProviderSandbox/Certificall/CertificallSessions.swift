internal import Foundation

/// The log-ins: tokens that work for an hour. How long the real ones do is not documented.
struct CertificallSessions: Sendable {
    static let lifeSeconds: Int64 = 3600

    private var expirations = RecentRecords<String, Date>()

    mutating func logIn(_ request: APIRequest, _ world: inout World) throws(CertificallRefusal) -> APIReply {
        guard let object = request.object, object["username"]?.string == SandboxAccount.certificallUser,
            object["password"]?.string == SandboxAccount.certificallPassword
        else { throw .unauthorized }
        let issuedAt = world.secondsSinceEpoch
        let token = JSONWebToken.hs256(
            claims: [
                "username": .string(SandboxAccount.certificallUser), "companyId": .integer(CertificallCompany.id),
                "jti": .string(world.random.uuid()), "iat": .integer(issuedAt),
                "exp": .integer(issuedAt + Self.lifeSeconds),
            ], key: Array("certificall-sandbox-session-key".utf8))
        expirations[token] = world.now.addingTimeInterval(Double(Self.lifeSeconds))
        return .json(200, ["token": .string(token)])
    }

    func check(_ request: APIRequest, now: Date) throws(CertificallRefusal) {
        guard let token = request.authorization("Bearer"), let end = expirations[token], now < end else {
            throw .unauthorized
        }
    }
}
