import Deliveries
import Providers
import Testing

@Suite("Certn-Team-ID")
struct CertnTeamTests {
    private static let body = Array(#"{"id":"1"}"#.utf8)

    private static func secret(_ name: String, team: String?, key: String) -> Secret {
        Secret(name: name, purpose: .legacy, identity: team, bytes: Array(key.utf8))
    }

    private func check(_ secrets: [Secret], teams: [String], key: String = "key") -> OriginCheck {
        let code = Hex.encode(TestCode.hmac(key: key, Array("1700000000.".utf8) + Self.body))
        let headers =
            [HeaderField("Certn-Signature", "t=1700000000,v1=\(code)")]
            + teams.map { HeaderField("Certn-Team-ID", $0) }
        return CertnProvider().verify(.with(headers: headers, body: Self.body), with: secrets)
    }

    @Test("a secret verifies deliveries with any team", arguments: [[], ["a"], ["b"], ["z"], [""], ["a", "b"]])
    func hint(_ teams: [String]) {
        let secrets = [Self.secret("A", team: "a", key: "key"), Self.secret("B", team: "b", key: "other")]
        #expect(check(secrets, teams: teams) == .verified(secretName: "A"))
        #expect(check(secrets.reversed(), teams: teams) == .verified(secretName: "A"))
    }

    @Test("the correct team with a wrong secret is rejected", arguments: [["a"], ["a", "a"]])
    func noProof(_ teams: [String]) {
        #expect(check([Self.secret("A", team: "a", key: "other")], teams: teams) == .failed(.mismatch))
        #expect(check([], teams: teams) == .failed(.mismatch))
    }

    @Test("if entries have the same secret, the entry of the named team is used, or else the first entry")
    func order() {
        let secrets =
            [Self.secret("none", team: nil, key: "key")] + ["a", "b"].map { Self.secret($0, team: $0, key: "key") }
        #expect(check(secrets, teams: ["b"]) == .verified(secretName: "b"))
        #expect(check(secrets, teams: ["a"]) == .verified(secretName: "a"))
        for teams in [[], ["z"], ["a", "b"], ["A"]] {
            #expect(check(secrets, teams: teams) == .verified(secretName: "none"))
        }
    }
}
