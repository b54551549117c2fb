import Deliveries
import Journal
import Providers
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit

@testable import Presentation
@testable import ReportIndex

extension DeliveryView {
    /// A delivery that has only the properties of its request.
    init(_ request: InboundRequest) {
        self.init(
            delivery: .fixture(request: request), reports: [], replays: [], secrets: ProviderCatalog.standard.secrets)
    }

    /// All lines. A long body is cut, as in output without a pager.
    func lines(on console: Console) -> [String] {
        var lines: [String] = []
        write(on: console, bodyLineLimit: Self.bodyLineLimit) { lines.append($0) }
        return lines
    }

    /// A sample as `show` reads it. The reports are parsed and routed with the samples' configuration.
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
        return DeliveryView(
            delivery: delivery, reports: reports, replays: replays, secrets: ProviderCatalog.standard.secrets)
    }
}
