import BodyCompression
import Deliveries
import Intake
import Providers
import Synchronization
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
        "a request at or below a source's path is read: POST up to the source's body limit, GET and HEAD up to 16 KiB",
        arguments: ["/klavi", "/klavi/", "/klavi/pf_income?x=1", "/certn/legacy", "/ezid?code=x", "http://h/klavi"])
    func known(target: String) {
        let harness = IntakeHarness()
        for method in ["GET", "HEAD", "POST"] {
            let admission = Self.admission(method, target, harness)
            let limit = method == "POST" ? Source.defaultBodyByteCountLimit : 16 * 1024
            #expect(admission.bodyByteCountLimit == limit)
        }
        #expect(harness.events.isEmpty)
    }

    @Test(
        "a request to an unknown path is rejected before its body is read",
        arguments: ["/", "", "/klavix", "/KLAVI", "*", "/x/klavi"])
    func unknown(target: String) {
        let harness = IntakeHarness()
        #expect(Self.admission("POST", target, harness).rejection == .json(404, #"{"error":"no source at this path"}"#))
        #expect(harness.events.map(\.summary) == ["unknown path"])
    }

    @Test(
        "an unsupported method is rejected with the list of supported methods",
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

    @Test("each source has its own limit, and the source with the longest matching path is used")
    func limits() {
        let harness = IntakeHarness(
            sources: SourceTable([
                Self.source("/a", bodyByteCountLimit: 10), Self.source("/a/b", bodyByteCountLimit: 20),
            ]))
        #expect(Self.admission("POST", "/a/c", harness).bodyByteCountLimit == 10)
        #expect(Self.admission("POST", "/a/b/c", harness).bodyByteCountLimit == 20)
    }

    @Test("a request is accepted even if its source is removed while the body arrives")
    func removedSource() {
        let removed = Mutex(false)
        let pipeline = IntakePipeline<IntakeHarness.Receipt>(
            sources: { removed.withLock { $0 } ? SourceTable([]) : SampleSources.table },
            encode: DeliveryEncoder(compressor: ZlibCompressor()),
            commit: { $1(.durable(IntakeHarness.Receipt(deliveryID: DeliveryID(rawValue: 1)))) }, offload: { $0() },
            observe: { _ in })
        let request = Sample.named("klavi/link-created-event").request
        guard
            case .read(_, let receive) = pipeline.admit(InboundHead(method: request.method, target: request.target))
        else {
            Issue.record("it was rejected")
            return
        }
        removed.withLock { $0 = true }
        let status = Mutex(0)
        receive(request) { response in status.withLock { $0 = response.status } }
        #expect(status.withLock { $0 } == 200)
    }
}

extension Admission {
    fileprivate var bodyByteCountLimit: Int? {
        if case .read(let limit, _) = self { limit } else { nil }
    }

    fileprivate var rejection: Response? {
        if case .reject(let response) = self { response } else { nil }
    }
}
