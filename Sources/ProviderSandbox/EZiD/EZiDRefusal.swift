/// Why EZiD does not do what a call asks: `{"success":false,"reason":…}` (PROVIDERS.md 3.2). The status is the
/// sandbox's choice, as are all reasons but those about the client's credentials.
struct EZiDRefusal: Error, Equatable {
    let status: Int
    let reason: String

    init(_ reason: String, status: Int = 400) {
        self.status = status
        self.reason = reason
    }

    var reply: APIReply {
        .json(status, ["success": false, "reason": .string(reason)])
    }
}
