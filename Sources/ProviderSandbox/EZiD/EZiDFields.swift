/// The JSON object of a call to EZiD, read field by field with the checks of the documented types (PROVIDERS.md 3.2).
/// A member that is null counts as absent.
struct EZiDFields {
    private let object: JSON

    /// Checks the client's credentials too, which every call carries in its body.
    init(_ request: APIRequest) throws(EZiDRefusal) {
        guard let object = request.object else { throw EZiDRefusal("The body must be a JSON object") }
        self.object = object
        let clientID = try required("client_id")
        let clientSecret = try required("client_secret")
        guard clientID == SandboxAccount.ezidClientID else { throw EZiDRefusal("Invalid Client ID") }
        guard clientSecret == SandboxAccount.ezidClientSecret else { throw EZiDRefusal("Invalid Client Secret") }
    }

    func required(_ name: String) throws(EZiDRefusal) -> String {
        guard let text = try optional(name) else { throw EZiDRefusal("\(name) is required") }
        return text
    }

    /// Nil for a text that is empty, too.
    func optional(_ name: String) throws(EZiDRefusal) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw EZiDRefusal("\(name) must be a string") }
        return text.isEmpty ? nil : text
    }

    func email() throws(EZiDRefusal) -> String {
        let email = try required("email")
        guard Self.isEmail(email) else { throw EZiDRefusal("email must be an e-mail address") }
        return email
    }

    /// The life of a link, a string of milliseconds: `"300000"` where none is given.
    func expiryMilliseconds() throws(EZiDRefusal) -> Int64 {
        guard let text = try optional("expiry") else { return 300_000 }
        guard let number = Self.digits(text), number > 0 else {
            throw EZiDRefusal("expiry must be a string of milliseconds")
        }
        return number
    }

    func claims() throws(EZiDRefusal) -> JSON {
        guard let value = value("claims") else { return [:] }
        guard value.members != nil else { throw EZiDRefusal("claims must be an object") }
        return value
    }

    /// Something, an at sign, something; no white space.
    static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && !text.contains { $0.isWhitespace || $0.isNewline }
    }

    /// At most fifteen digits, so that no arithmetic on them overflows.
    private static func digits(_ text: String) -> Int64? {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }

    private func value(_ name: String) -> JSON? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }
}

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
