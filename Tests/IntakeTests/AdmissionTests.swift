import Deliveries
import Intake
import Providers
import TestKit
import Testing

@Suite struct AdmissionTests {
    private static func admission(_ method: String, _ target: String, _ harness: IntakeHarness) -> Admission {
        harness.pipeline.admit(InboundHead(method: method, target: RequestTarget(target)))
    }

    private static func source(_ path: String, bodyByteCountLimit: Int) -> Source {
        Source(
            name: path, provider: KlaviProvider(), path: path, originPolicy: .unchecked,
            bodyByteCountLimit: bodyByteCountLimit)
    }

    @Test(
        "a source's path and everything below it is read: deliveries up to the usual limit, what nobody signs up to 16 KiB",
        arguments: ["/klavi", "/klavi/", "/klavi/pf_income?x=1", "/certn/legacy", "/ezid?code=x", "http://h/klavi"])
    func known(target: String) {
        let harness = IntakeHarness()
        for method in ["GET", "HEAD", "POST"] {
            let admission = Self.admission(method, target, harness)
            let limit = method == "POST" ? Source.defaultBodyByteCountLimit : 16 * 1024
            #expect(admission == .read(bodyByteCountLimit: limit))
        }
        #expect(harness.events.isEmpty)
    }

    @Test(
        "an unknown path is rejected from the head alone", arguments: ["/", "", "/klavix", "/KLAVI", "*", "/x/klavi"])
    func unknown(target: String) {
        let harness = IntakeHarness()
        #expect(Self.admission("POST", target, harness) == .reject(.json(404, #"{"error":"no source at this path"}"#)))
        #expect(harness.events.map(\.summary) == ["unknown path"])
    }

    @Test(
        "a method that nobody calls back with is rejected with the ones that are",
        arguments: ["PUT", "DELETE", "get", ""])
    func otherMethod(method: String) throws {
        let harness = IntakeHarness()
        guard case .reject(let response) = Self.admission(method, "/klavi", harness) else {
            Issue.record("it was admitted")
            return
        }
        #expect(response.status == 405)
        #expect(HeaderFields(response.headers).onlyValue(named: "Allow") == "GET, HEAD, POST")
        #expect(harness.events.map(\.summary) == ["rejected klavi 405: method not allowed"])
    }

    @Test("each source has its own limit; the longest path that fits wins")
    func limits() {
        let harness = IntakeHarness(
            sources: SourceTable([
                Self.source("/a", bodyByteCountLimit: 10), Self.source("/a/b", bodyByteCountLimit: 20),
            ]))
        #expect(Self.admission("POST", "/a/c", harness) == .read(bodyByteCountLimit: 10))
        #expect(Self.admission("POST", "/a/b/c", harness) == .read(bodyByteCountLimit: 20))
    }

    @Test("a source that is gone by the time its request is complete answers as unknown")
    func goneSource() {
        let harness = IntakeHarness(sources: SourceTable([]))
        harness.receive(.fixture())
        #expect(harness.responses.map(\.status) == [404])
        #expect(harness.committed.isEmpty)
    }
}
