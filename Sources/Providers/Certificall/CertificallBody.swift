internal import Deliveries
internal import StrictJSON

/// A validated certificate, or an array of them (certificall-reference: Certificate).
enum CertificallBody {
    static func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        let document: JSONDocument
        switch delivery.parsedBody() {
        case .success(let parsed): document = parsed
        case .failure(let error):
            return delivery.unrecognised(provider: "certificall", problem: "the body is not JSON: \(error)")
        }
        let root = document.root
        guard root.kind == .array else {
            return ParsedDelivery(reports: [report(root, in: delivery, DeliveryBudget())])
        }
        return delivery.reports(ofArray: root, provider: "certificall", elements: "certificates") {
            // An element of an array is told from its neighbours by its place where nothing in it does.
            report($0, in: delivery, place: ":\($1)", $2)
        }
    }

    private static func report(
        _ value: JSONValue, in delivery: ArchivedDelivery, place: String = "", _ budget: DeliveryBudget
    ) -> ReportContent {
        certificate(value, in: delivery, place: place, budget)
            ?? ReportContent(
                provider: "certificall", type: ReportContent.unrecognisedType, dedupeKey: delivery.bodyKey + place,
                problem: "neither cfRef nor reportId is in it")
    }

    private static func certificate(
        _ value: JSONValue, in delivery: ArchivedDelivery, place: String, _ budget: DeliveryBudget
    ) -> ReportContent? {
        var collector = FieldCollector(budget: budget)
        let cfRef = value["cfRef"]?.identifier
        guard let reference = cfRef ?? value["reportId"]?.identifier else { return nil }
        collector.add(["cfRef", "reportId", "frame", "closed"], of: value)
        // A reportId groups several certificates (certificall-reference: Identifiers), so it alone does not tell them
        // apart.
        let sha256 = Hex.encode(delivery.bodySHA256) + (cfRef == nil ? place : "")
        return ReportContent(
            provider: "certificall", type: "certificate",
            dedupeKey: DedupeKey.key("certificate", "\(reference):\(sha256)"),
            providerTime: value["closingDate"]?.timestamp ?? value["createdAt"]?.timestamp, fields: collector.fields,
            problem: collector.problem)
    }
}
