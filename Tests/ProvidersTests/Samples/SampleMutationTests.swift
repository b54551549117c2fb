import Deliveries
import Providers
import TestKit
import Testing

@Suite("Damaged samples")
struct SampleMutationTests {
    /// The number of mutations per sample: few for large bodies, more for others.
    private static func roundCount(of sample: Sample) -> Int {
        switch sample.body.count {
        case 100_000...: 10
        case 10_000...: 100
        default: 1000
        }
    }

    @Test("damaged requests do not trap, and a damaged body is never verified", arguments: Sample.all)
    func mutations(_ sample: Sample) {
        var generator = SplitMix64(seed: 12)
        let source = SampleSources.source(of: sample)
        guard case .required(let secrets, let tolerance) = source.originPolicy else {
            survive(sample, secrets: [], tolerance: 0, using: &generator)
            return
        }
        survive(sample, secrets: secrets, tolerance: tolerance, using: &generator)
    }

    private func survive(_ sample: Sample, secrets: [Secret], tolerance: Int64, using generator: inout SplitMix64) {
        let source = SampleSources.source(of: sample)
        let isSigned = !sample.name.contains("/bearer-") && !sample.name.contains("/basic-")
        for round in 0..<Self.roundCount(of: sample) {
            let request = mutated(sample.request, round: round, using: &generator)
            if case .redirect(let response) = source.provider.screen(request, redirects: source.redirects) {
                expectAllowed(response)
            }
            let check = source.provider.verify(request, with: secrets, toleranceMilliseconds: tolerance)
            if isSigned && request.body != sample.request.body {
                switch check {
                case .verified, .expired: Issue.record("round \(round) is a forgery")
                case .failed: break
                }
            }
            let reports = source.provider.parse(ArchivedDelivery(of: request)).reports
            #expect(!reports.isEmpty, "round \(round) has no report")
            #expect(
                reports.allSatisfy { $0.type != ReportContent.unrecognisedType || $0.problem != nil },
                "round \(round) is unrecognised for no reason")
        }
    }

    /// Damages the body in two of three rounds and a header in the third. If there is no body, damages the target
    /// instead.
    private func mutated(_ request: InboundRequest, round: Int, using generator: inout SplitMix64) -> InboundRequest {
        guard !request.body.isEmpty else {
            let target = ByteMutation.mutate(Array(request.target.text.utf8), using: &generator)
            return .with(
                method: request.method, target: String(decoding: target, as: UTF8.self),
                headers: request.headers.fields,
                receivedAt: request.receivedAt)
        }
        guard round % 3 == 2 else {
            return request.replacing(body: ByteMutation.mutate(request.body, using: &generator))
        }
        var fields = request.headers.fields
        let index = Int.random(in: 0..<fields.count, using: &generator)
        let value = ByteMutation.mutate(Array(fields[index].value.utf8), using: &generator)
        fields[index] = HeaderField(fields[index].name, String(decoding: value, as: UTF8.self))
        return request.replacing(headers: fields)
    }

    private func expectAllowed(_ response: Response) {
        guard let location = HeaderFields(response.headers).onlyValue(named: "Location") else {
            #expect(response.status == 200)
            return
        }
        #expect(response.status == 303)
        #expect(location.utf8.starts(with: "https://app.example.com/".utf8))
    }
}
