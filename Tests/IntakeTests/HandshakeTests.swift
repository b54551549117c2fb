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

    @Test("EZiD sends only browsers, so a body gets no 2xx because it would not be stored")
    func ezidPost() throws {
        let harness = IntakeHarness(.held)
        harness.receive(.fixture(method: "POST", target: "/ezid", body: "anything"))
        #expect(harness.responses.map(\.status) == [405])
        #expect(harness.committed.isEmpty)
    }
}
