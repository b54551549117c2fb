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
            reports: values.enumerated().map { index, value in
                // An element of an array is told from its neighbours by its place where nothing in it does.
                let place = isArray ? ":\(index + 1)" : ""
                return certificate(value, in: delivery, place: place)
                    ?? ReportContent(
                        provider: "certificall", kind: ReportContent.unrecognisedKind,
                        dedupeKey: delivery.bodyKey + place, problem: "neither cfRef nor reportId is in it")
            })
    }

    private static func certificate(
        _ value: JSONValue, in delivery: ArchivedDelivery, place: String
    ) -> ReportContent? {
        let cfRef = value["cfRef"]?.identifier
        guard let reference = cfRef ?? value["reportId"]?.identifier else { return nil }
        var collector = FieldCollector()
        collector.add(["cfRef", "reportId", "frame", "closed"], of: value)
        // A reportId groups several certificates (4.4), so it alone does not tell them apart.
        let sha256 = Hex.encode(delivery.bodySHA256) + (cfRef == nil ? place : "")
        return ReportContent(
            provider: "certificall", kind: "certificate",
            dedupeKey: DedupeKey.key("certificate", "\(reference):\(sha256)"),
            providerTime: value["closingDate"]?.timestamp ?? value["createdAt"]?.timestamp, fields: collector.fields,
            problem: collector.problem)
    }
}
