import Deliveries
import StrictJSON

@testable import Providers

/// Acme, an invented parcel service. It demonstrates and tests the parts of a new provider. Acme sends one event per
/// delivery, and the signature includes the time.
struct AcmeProvider: Provider {
    var descriptor: ProviderDescriptor { Self.descriptor }

    func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening {
        guard request.method == "GET" || request.method == "HEAD" else { return .delivery }
        return .handshake(.text(200, "This is Callbox. Send deliveries with POST.\n"), event: "connectivity test")
    }

    func verify(_ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64) -> OriginCheck {
        HMACScheme.acme.check(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
    }

    func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        let root: JSONValue
        switch delivery.parsedBody() {
        case .success(let document): root = document.root
        case .failure(let error):
            return delivery.unrecognised(provider: name, problem: "the body is not JSON: \(error)")
        }
        guard let type = root["event"]?.typeName else {
            return delivery.unrecognised(provider: name, problem: "the body has no event")
        }
        var collector = FieldCollector()
        collector.add("id", root["id"])
        collector.add(["shipmentId", "stage", "recipient"], of: root["data"])
        collector.addExternalInfo(root["metadata"])
        let time = collector.time("createdAt", root["createdAt"])
        return ParsedDelivery(reports: [
            ReportContent(
                provider: name, type: type,
                dedupeKey: root["id"]?.identifier.map { DedupeKey.key("event", $0) } ?? delivery.bodyKey,
                providerTime: time, externalInfo: collector.externalInfo,
                fields: collector.fields, problem: collector.problem)
        ])
    }
}
