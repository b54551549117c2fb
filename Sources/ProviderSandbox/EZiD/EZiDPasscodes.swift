internal import Foundation

/// One-time passwords for phones (PROVIDERS.md 3.2). The imitation has no phone network: the password is in the reply,
/// as the documented one has it.
struct EZiDPasscodes: Sendable {
    private struct Passcode: Sendable {
        let digits: String
        let identity: EZiDTokenIssuer.Identity
        let expiresAt: Date
        var isUsed = false
    }

    private var passcodes = RecentRecords<String, Passcode>()

    /// Six digits and five minutes where the call does not say.
    mutating func send(_ fields: EZiDFields, _ world: inout World) throws(EZiDRefusal) -> APIReply {
        let count = try fields.whole("digits", default: 6, in: 4...10)
        guard try fields.required("channel") == "phone" else { throw EZiDRefusal("channel must be phone") }
        let target = try fields.required("target")
        guard Self.isPhoneNumber(target) else { throw EZiDRefusal("target must be a phone number") }
        let minutes = try fields.whole("expiry", default: 5, in: 1...525_600)
        let passcode = Passcode(
            digits: world.random.digits(count),
            identity: EZiDTokenIssuer.Identity(address: target, customClaims: try fields.claims()),
            expiresAt: world.now.addingTimeInterval(Double(minutes) * 60))
        let loginID = world.random.uuid()
        passcodes[loginID] = passcode
        return .json(200, ["otp": .string(passcode.digits), "login_id": .string(loginID)])
    }

    /// A wrong password does not use the log-in up.
    mutating func verify(
        _ fields: EZiDFields, _ issuer: inout EZiDTokenIssuer, _ world: inout World
    ) throws(EZiDRefusal) -> APIReply {
        let digits = try fields.required("otp")
        let loginID = try fields.required("login_id")
        guard var passcode = passcodes[loginID] else { throw EZiDRefusal("Invalid login id") }
        guard !passcode.isUsed else { throw EZiDRefusal("OTP already used") }
        guard world.now < passcode.expiresAt else { throw EZiDRefusal("OTP expired") }
        guard digits == passcode.digits else { throw EZiDRefusal("Invalid OTP") }
        let reply = try issuer.issue(for: passcode.identity, &world)
        passcode.isUsed = true
        passcodes[loginID] = passcode
        return reply
    }

    /// Seven to fifteen digits (E.164), perhaps a plus before them.
    private static func isPhoneNumber(_ text: String) -> Bool {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "+") }
        return text.utf8.count - digits.count <= 1 && (7...15).contains(digits.count)
            && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
