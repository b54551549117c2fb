import Deliveries
import TestKit
import Testing

@Suite struct HandshakeTests {
    @Test(
        "a connectivity test gets 200 and is not archived",
        arguments: [
            ("GET", "/klavi", ""), ("HEAD", "/klavi", ""), ("POST", "/klavi", ""), ("POST", "/klavi", " []\n"),
            ("POST", "/klavi", "{}"), ("GET", "/certn", ""), ("HEAD", "/certn", ""), ("GET", "/certificall", ""),
            ("HEAD", "/ezid", ""),
        ])
    func connectivityTest(method: String, target: String, body: String) throws {
        let harness = IntakeHarness(.held)
        harness.receive(.fixture(method: method, target: target, body: body))
        #expect(harness.responses.map(\.status) == [200])
        #expect(harness.committed.isEmpty)
        #expect(harness.events.map(\.summary) == ["greeted \(target.dropFirst()) 200: connectivity test"])
    }

    @Test("a POST to EZiD gets 405, because EZiD sends only browser redirects")
    func ezidPost() throws {
        let harness = IntakeHarness(.held)
        harness.receive(.fixture(method: "POST", target: "/ezid", body: "anything"))
        #expect(harness.responses.map(\.status) == [405])
        #expect(harness.committed.isEmpty)
    }
}
