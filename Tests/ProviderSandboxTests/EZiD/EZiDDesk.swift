import CryptoExtras
import Foundation

@testable import ProviderSandbox

typealias EZiDDesk = DeskOfCalls<EZiDImitation>

/// One key for all tests: making one takes a while.
enum EZiDTestKey {
    static let pem = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation }
}

extension DeskOfCalls where Subject == EZiDImitation {
    static func open() throws -> EZiDDesk {
        DeskOfCalls(try EZiDImitation(signingKeyPEM: try EZiDTestKey.pem.get()))
    }

    /// A call with the right credentials and these fields.
    func post(_ target: String, _ fields: JSON) -> (status: Int?, json: JSON?) {
        var body: JSON = [
            "client_id": .string(SandboxAccount.ezidClientID),
            "client_secret": .string(SandboxAccount.ezidClientSecret),
        ]
        for member in fields.members ?? [] { body = body.setting(member.name, member.value) }
        return json("POST", target, body)
    }

    /// The reason of a refusal, which must have status 400.
    func refusal(_ target: String, _ fields: JSON) -> String? {
        let (status, json) = post(target, fields)
        guard status == 400, json?["success"]?.bool == false else { return nil }
        return json?["reason"]?.string
    }

    /// The query of the link that these fields make.
    func link(_ fields: JSON = [:]) -> [String: String] {
        var all: JSON = ["email": "ana.souza@example.com", "push_email": "No"]
        for member in fields.members ?? [] { all = all.setting(member.name, member.value) }
        return query(of: post("/email-link/send", all).json?["email_link"]?.string ?? "")
    }

    func query(of url: String) -> [String: String] {
        let items = URLComponents(string: url)?.queryItems ?? []
        return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
    }

    func tokens(code: String?) -> JSON? {
        post("/email-link/verify", ["auth_code": .optional(code)]).json
    }
}
