import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct CertificallTriggerTests {
    private static let url = "http://127.0.0.1:8080/certificall"

    @Test("the trigger's URL goes before the registered one")
    func urls() throws {
        let desk = CertificallDesk.open()
        try desk.register(Registration(url: Self.url, scheme: "bearer"))
        try desk.trigger(Trigger(kind: "certificate"))
        try desk.trigger(Trigger(kind: "certificate", url: "http://127.0.0.1:1/x"))
        try desk.register(Registration(url: "http://127.0.0.1:2/y"))
        try desk.trigger(Trigger(kind: "certificate"))
        #expect(desk.sent.map(\.url) == [Self.url, "http://127.0.0.1:1/x", "http://127.0.0.1:2/y"])
        let proofs = desk.sent.map { $0.proof(of: [], ProofConditions(secondsSinceEpoch: 0)).count }
        #expect(proofs == [1, 1, 2])
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            Trigger(kind: "certificate"), Trigger(kind: "redirect", url: url),
            Trigger(kind: "certificate", url: url, byteCount: 5000),
        ])
    func refuses(_ trigger: Trigger) {
        let desk = CertificallDesk.open()
        #expect(throws: SandboxRefusal.self) { try desk.trigger(trigger) }
        #expect(desk.sent.isEmpty)
    }

    @Test("externalInfo becomes metadata of a link, which the webhook does not carry")
    func externalInfo() throws {
        let desk = CertificallDesk.loggedIn()
        try desk.trigger(
            Trigger(
                kind: "certificate", externalInfo: [JSON.Member("trace", "hidden-text"), JSON.Member("n", 5)],
                reference: "case-9", url: Self.url))
        #expect(!String(decoding: desk.sent[0].body, as: UTF8.self).contains("hidden-text"))
        let list = desk.json("POST", "/certilink/findCompanyMagicLinks", [:]).json
        #expect(list?.elements?.map { $0["reportToken"] } == ["case-9"])
    }

    @Test("a reportToken with a link takes the link's frame; without one a token is made up")
    func references() throws {
        let desk = CertificallDesk.loggedIn()
        _ = desk.link(["reportToken": "tech", "frameId": 2])
        try desk.trigger(Trigger(kind: "certificate", reference: "tech", url: Self.url))
        try desk.trigger(Trigger(kind: "certificate", url: Self.url))
        let bodies = desk.sent.compactMap { JSON(parsing: $0.body) }
        #expect(bodies.map { $0["frame"]?.string } == ["Technical Inspection", "Visual Inspection"])
        #expect(bodies[1]["reportId"]?.string?.wholeMatch(of: /dossier-[0-9a-f]{12}/) != nil)
        let list = desk.json("POST", "/certilink/findCompanyMagicLinks", [:]).json
        #expect(list?.elements?.count == 2)
    }

    @Test("a seed gives the same body again, another seed another")
    func repeats() throws {
        let bodies = try [7, 7, 8].map { (seed: UInt64) in
            let desk = CertificallDesk.open()
            desk.random = SeededRandom(seed: seed)
            try desk.trigger(Trigger(kind: "certificate", url: Self.url))
            return try #require(desk.sent.first).body
        }
        #expect(bodies[0] == bodies[1])
        #expect(bodies[0] != bodies[2])
    }
}
