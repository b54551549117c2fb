internal import Foundation

/// One member of a body with the checks of its documented type; null counts as absent.
struct CertificallMember {
    private let name: String
    private let value: JSON?

    init(_ name: String, of object: JSON, path: String = "") {
        self.name = path + name
        // A bare nil would be JSON's null here.
        self.value = object[name] == .null ? Optional<JSON>.none : object[name]
    }

    func string() throws(CertificallRefusal) -> String? {
        guard let value else { return nil }
        guard let text = value.string else { throw CertificallRefusal(400, "\(name) must be a string") }
        return text
    }

    func requiredString() throws(CertificallRefusal) -> String {
        guard let text = try string(), !text.isEmpty else {
            throw CertificallRefusal(400, "\(name) must be a string that is not empty")
        }
        return text
    }

    /// A whole number that is at least this.
    func whole(atLeast least: Int = Int.min) throws(CertificallRefusal) -> Int? {
        guard let value else { return nil }
        guard let number = value.integer else { throw CertificallRefusal(400, "\(name) must be an integer number") }
        guard number >= least else { throw CertificallRefusal(400, "\(name) must not be less than \(least)") }
        return number
    }

    func requiredWhole() throws(CertificallRefusal) -> Int {
        guard let number = try whole() else { throw CertificallRefusal(400, "\(name) must be an integer number") }
        return number
    }

    func object() throws(CertificallRefusal) -> JSON? {
        guard let value else { return nil }
        guard value.members != nil else { throw CertificallRefusal(400, "\(name) must be an object") }
        return value
    }

    /// An expiration date, which is still to come.
    func expiration(now: Date) throws(CertificallRefusal) -> Date? {
        guard let text = try string() else { return nil }
        guard let date = CertificallTime.parse(compact: text) else {
            throw CertificallRefusal(400, "\(name) must have the format yyyy-mm-ddThh:mm:ss.sss+hhmm")
        }
        guard date > now else { throw CertificallRefusal(400, "\(name) must not be in the past") }
        return date
    }

    func frame() throws(CertificallRefusal) -> CertificallFrame {
        guard let frame = CertificallFrame.with(id: try requiredWhole()) else {
            throw CertificallRefusal(400, "\(name) is not a frame of your company")
        }
        return frame
    }
}

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
