/// An error of the API: `{"statusCode":400,"message":…,"error":"Bad Request"}` (PROVIDERS.md 4.2). Documented are the
/// statuses and the message `Invalid report token`; the other messages are the sandbox's.
struct CertificallRefusal: Error, Equatable {
    let status: Int
    let message: String

    static let unauthorized = CertificallRefusal(401, "Unauthorized")

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    var reply: APIReply {
        var members = [JSON.Member("statusCode", .integer(status)), JSON.Member("message", .string(message))]
        switch status {
        case 400: members.append(JSON.Member("error", "Bad Request"))
        case 403: members.append(JSON.Member("error", "Forbidden"))
        case 404: members.append(JSON.Member("error", "Not Found"))
        default: break
        }
        return .json(status, .object(members))
    }
}
