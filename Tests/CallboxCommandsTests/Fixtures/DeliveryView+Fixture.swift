import Deliveries
import Journal
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit

@testable import CallboxCommands
@testable import ReportIndex

extension ArchivedDelivery {
    /// Delivery 42, with a default for everything.
    static func fixture(
        source: String = "klavi", request: InboundRequest = .fixture(), verification: Verification = .verified,
        secretName: String? = "primary", bodySHA256: [UInt8] = .digestFixture
    ) -> ArchivedDelivery {
        var generator = SplitMix64(seed: 1)
        return ArchivedDelivery(
            id: DeliveryID(rawValue: 42), uuid: UUIDv7(at: .fixture, using: &generator), source: source,
            request: request, verification: verification, secretName: secretName, bodySHA256: bodySHA256)
    }

    /// A sample as delivery 42.
    static func sample(_ name: String) -> ArchivedDelivery {
        let sample = Sample.named(name)
        let expected = sample.expected.root
        let verification = expected["verification"]?.string.flatMap(Verification.init) ?? .unverified
        return .fixture(
            source: expected["source"]?.string ?? "", request: sample.request, verification: verification,
            secretName: verification == .verified ? "primary" : nil,
            bodySHA256: expected["bodySHA256"]?.string.flatMap { Hex.decode($0.utf8) } ?? [])
    }
}

extension DeliveryView {
    /// A delivery with nothing in it but what its request says.
    init(_ request: InboundRequest) {
        self.init(delivery: .fixture(request: request), reports: [], replays: [])
    }

    /// All lines, the body cut as where there is no pager.
    func lines(on console: Console) -> [String] {
        var lines: [String] = []
        write(on: console, bodyLineLimit: Self.bodyLineLimit) { lines.append($0) }
        return lines
    }

    /// A sample as `show` has it, its reports read and routed as the samples' configuration says.
    static func sample(_ name: String, replays: [ReplayRecord] = []) -> DeliveryView {
        let delivery = ArchivedDelivery.sample(name)
        let reports = SampleSources.parse(delivery).enumerated().map { offset, found in
            DeliveredReport(
                report: .fixture(
                    ordinal: offset + 1, source: delivery.source, provider: found.content.provider,
                    type: found.content.type, providerTime: found.content.providerTime, route: found.route,
                    externalInfo: found.content.externalInfo, problem: found.content.problem),
                attemptNumber: 1,
                fields: found.content.fields.sorted { ($0.name, $0.value) < ($1.name, $1.value) })
        }
        return DeliveryView(delivery: delivery, reports: reports, replays: replays)
    }
}
