import Foundation
import ProviderSandbox
import Testing

@Suite struct EZiDPasscodeTests {
    private static let fields: JSON = [
        "digits": 4, "channel": "phone", "target": "+5511912345678", "expiry": 2, "claims": ["role": "reader"],
    ]

    @Test("a password for a phone gives three tokens, once")
    func verifies() throws {
        let desk = try EZiDDesk.open()
        let (status, sent) = desk.post("/send/otp", Self.fields)
        #expect(status == 200)
        #expect(sent?.members?.map(\.name) == ["otp", "login_id"])
        #expect(sent?["otp"]?.string?.count == 4)
        let log = try #require(sent)
        let (verified, tokens) = desk.post("/verify/otp", log)
        #expect(verified == 200)
        #expect(tokens?["success"]?.bool == true)
        #expect(
            ReadToken(tokens?["access_token"]?.string)?.claims["sub"] == "+5511912345678.ezid.io/ezid-sandbox-client")
        #expect(ReadToken(tokens?["access_token"]?.string)?.claims["custom_claims"] == ["role": "reader"])
        #expect(desk.refusal("/verify/otp", log) == "OTP already used")
        #expect(desk.post("/email-link/refresh", ["refresh_token": tokens?["refresh_token"] ?? nil]).status == 200)
    }

    @Test("a password that is wrong, unknown or expired is refused; a wrong one does not use the right one up")
    func refuses() throws {
        let desk = try EZiDDesk.open()
        let log = try #require(desk.post("/send/otp", Self.fields).json)
        #expect(desk.refusal("/verify/otp", log.setting("otp", "12345")) == "Invalid OTP")
        #expect(desk.refusal("/verify/otp", log.setting("login_id", "x")) == "Invalid login id")
        #expect(desk.refusal("/verify/otp", ["otp": "1234"]) == "login_id is required")
        #expect(desk.refusal("/verify/otp", ["login_id": "x"]) == "otp is required")
        #expect(desk.refusal("/verify/otp", log.setting("otp", 1234)) == "otp must be a string")
        desk.now += 120
        #expect(desk.refusal("/verify/otp", log) == "OTP expired")
        desk.now -= 1
        #expect(desk.post("/verify/otp", log).status == 200)
    }

    @Test("a password has four to ten digits, six where the call does not say", arguments: [4, 6, 10])
    func lengths(_ count: Int) throws {
        let desk = try EZiDDesk.open()
        let asNumber = desk.post("/send/otp", Self.fields.setting("digits", .integer(count))).json
        #expect(asNumber?["otp"]?.string?.count == count)
        let asText = desk.post("/send/otp", Self.fields.setting("digits", .string(String(count)))).json
        #expect(asText?["otp"]?.string?.count == count)
        let unsaid = desk.post("/send/otp", ["channel": "phone", "target": "5511912345678"]).json
        #expect(unsaid?["otp"]?.string?.count == 6)
    }

    @Test(
        "fields of the wrong kind are refused",
        arguments: [
            ("digits", 3, "digits must be a number from 4 to 10"),
            ("digits", 11, "digits must be a number from 4 to 10"),
            ("digits", "four", "digits must be a number from 4 to 10"), ("channel", "mail", "channel must be phone"),
            ("channel", nil, "channel is required"), ("target", nil, "target is required"),
            ("target", "ana@example.com", "target must be a phone number"),
            ("target", "++5511912345678", "target must be a phone number"),
            ("expiry", 0, "expiry must be a number from 1 to 525600"),
            ("expiry", [1], "expiry must be a number from 1 to 525600"), ("claims", 1, "claims must be an object"),
        ] as [(String, JSON, String)])
    func kinds(_ name: String, _ value: JSON, _ reason: String) throws {
        let desk = try EZiDDesk.open()
        #expect(desk.refusal("/send/otp", Self.fields.setting(name, value)) == reason)
    }
}
