internal import Deliveries
internal import StrictJSON

/// A validated certificate, or an array of them (PROVIDERS.md 4.1).
enum CertificallBody {
    static let certificateCountLimit = 10_000

    static func interpret(_ delivery: ArchivedDelivery) -> Interpretation {
        let document: JSONDocument
        switch delivery.parsedBody() {
        case .success(let parsed): document = parsed
        case .failure(let error):
            return delivery.unrecognised(provider: "certificall", problem: "the body is not JSON: \(error)")
        }
        let isArray = document.root.kind == .array
        let values = isArray ? Array(document.root.elements.prefix(certificateCountLimit + 1)) : [document.root]
        guard (1...certificateCountLimit).contains(values.count) else {
            return delivery.unrecognised(
                provider: "certificall",
                problem: "the array holds no certificate, or more than \(certificateCountLimit)")
        }
        return Interpretation(
            reports: values.enumerated().map { ordinal, value in
                certificate(value, in: delivery)
                    ?? ReportContent(
                        provider: "certificall", kind: ReportContent.unrecognisedKind,
                        dedupeKey: isArray ? "\(delivery.bodyKey):\(ordinal + 1)" : delivery.bodyKey,
                        problem: "neither cfRef nor reportId is in it")
            })
    }

    private static func certificate(_ value: JSONValue, in delivery: ArchivedDelivery) -> ReportContent? {
        guard let reference = value["cfRef"]?.identifier ?? value["reportId"]?.identifier else { return nil }
        var collector = FieldCollector()
        collector.add(["cfRef", "reportId", "frame", "closed"], of: value)
        return ReportContent(
            provider: "certificall", kind: "certificate",
            dedupeKey: DedupeKey.key("certificate", "\(reference):\(Hex.encode(delivery.bodySHA256))"),
            providerTime: value["closingDate"]?.timestamp ?? value["createdAt"]?.timestamp, fields: collector.fields,
            problem: collector.problem)
    }
}
