import Foundation

@testable import ProviderSandbox

typealias CertificallDesk = DeskOfCalls<CertificallImitation>

extension DeskOfCalls where Subject == CertificallImitation {
    static func open() -> CertificallDesk {
        DeskOfCalls(CertificallImitation())
    }

    /// With the token of a log-in in every call.
    static func loggedIn() -> CertificallDesk {
        let desk = open()
        desk.headers = [HeaderLine("Authorization", "Bearer \(desk.logIn() ?? "")")]
        return desk
    }

    func logIn() -> String? {
        json("POST", "/certificall/api/auth/token", ["username": "sandbox", "password": "sandbox-password"])
            .json?["token"]?.string
    }

    /// The path with `mt` of a new link.
    func link(_ fields: JSON = [:]) -> String {
        var body: JSON = ["reportToken": "case-001", "frameId": 1]
        for member in fields.members ?? [] { body = body.setting(member.name, member.value) }
        let url = json("POST", "/certilink/create", body).json?["url"]?.string ?? ""
        return String(url.dropFirst(Self.baseURL.count))
    }

    /// The message of an error with this status, which must have the shape of one.
    func message(_ status: Int, _ reply: (status: Int?, json: JSON?)) -> String? {
        let names = [400: "Bad Request", 403: "Forbidden", 404: "Not Found"]
        guard reply.status == status, reply.json?["statusCode"]?.integer == status,
            reply.json?["error"]?.string == names[status]
        else { return nil }
        return reply.json?["message"]?.string
    }
}
