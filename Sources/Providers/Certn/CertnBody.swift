internal import Deliveries
internal import StrictJSON

/// Certn's bodies: the whole applicant object of the legacy API (certn-reference: Legacy applicant), or Centric's
/// notification of four keys (certn-reference: Centric notification). They are told apart by what is in them.
enum CertnBody {
    /// - Parameter isLegacy: whose delivery it is where nothing in it tells.
    static func parse(_ delivery: ArchivedDelivery, isLegacy: Bool) -> ParsedDelivery {
        let provider = isLegacy ? "certn-legacy" : "certn-centric"
        switch delivery.parsedBody() {
        case .failure(let error):
            return delivery.unrecognised(provider: provider, problem: "the body is not JSON: \(error)")
        case .success(let document):
            let root = document.root
            if let type = root["event_type"]?.typeName { return notification(root, type: type, in: delivery) }
            if root["id"]?.identifier != nil { return applicant(root, in: delivery) }
            return delivery.unrecognised(provider: provider, problem: "neither event_type nor id is in it")
        }
    }

    private static func notification(_ root: JSONValue, type: String, in delivery: ArchivedDelivery) -> ParsedDelivery {
        var collector = FieldCollector()
        // Third parties saw event_id where the documentation has id.
        let id = root["id"] ?? root["event_id"]
        collector.add("id", id)
        collector.add(["object_id", "object_type", "case_status"], of: root)
        return ParsedDelivery(reports: [
            ReportContent(
                provider: "certn-centric", type: type,
                dedupeKey: id?.identifier.map { DedupeKey.key("event", $0) } ?? delivery.bodyKey,
                fields: collector.fields, problem: collector.problem)
        ])
    }

    /// The object comes again whenever something changes and carries no event id, so its bytes tell repeats apart.
    private static func applicant(_ root: JSONValue, in delivery: ArchivedDelivery) -> ParsedDelivery {
        var collector = FieldCollector()
        collector.add("id", root["id"])
        let application = root["application"]
        collector.add("application.id", application?["id"])
        collector.add("application.applicant.id", application?["applicant"]?["id"])
        collector.add("tag", root["tag"])
        collector.add("applicant_account.email", root["applicant_account"]?["email"])
        collector.add(["report_status", "status", "result"], of: root)
        return ParsedDelivery(reports: [
            ReportContent(
                provider: "certn-legacy", type: "applicant", dedupeKey: delivery.bodyKey,
                providerTime: root["modified"]?.timestamp ?? root["last_updated"]?.timestamp, fields: collector.fields,
                problem: collector.problem)
        ])
    }
}
