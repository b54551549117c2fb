internal import Deliveries
internal import StrictJSON

/// Parses a validated certificate, or an array of certificates (certificall-reference: Certificate).
enum CertificallBody {
    static func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        delivery.parsed(provider: "certificall") { root in
            guard root.kind == .array else {
                return ParsedDelivery(reports: [report(root, in: delivery, DeliveryBudget())])
            }
            return delivery.reports(ofArray: root, provider: "certificall", elements: "certificates") {
                // An element without an identifier is identified by its position.
                report($0, in: delivery, place: ":\($1)", $2)
            }
        }
    }

    private static func report(
        _ value: JSONValue, in delivery: ArchivedDelivery, place: String = "", _ budget: DeliveryBudget
    ) -> ReportContent {
        var collector = FieldCollector(budget: budget)
        let cfRef = value["cfRef"]?.identifier
        guard let reference = cfRef ?? value["reportId"]?.identifier else {
            return ReportContent(
                provider: "certificall", type: ReportContent.unrecognisedType, dedupeKey: delivery.bodyKey + place,
                problem: "it has neither cfRef nor reportId")
        }
        collector.add(["cfRef", "reportId", "frame", "closed"], of: value)
        // Does not use reportId as an identifier, because it groups several certificates
        // (certificall-reference: Identifiers).
        let time =
            collector.time("closingDate", value["closingDate"]) ?? collector.time("createdAt", value["createdAt"])
        let sha256 = Hex.encode(delivery.bodySHA256) + (cfRef == nil ? place : "")
        return collector.report(
            "certificall", "certificate", key: DedupeKey.key("certificate", "\(reference):\(sha256)"),
            time: time)
    }
}
