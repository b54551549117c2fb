internal import Deliveries
internal import StrictJSON

/// Parses Certn's bodies. A body is either the whole applicant object of the legacy API
/// (certn-reference: Legacy applicant) or Centric's notification with four keys
/// (certn-reference: Centric notification). The parser distinguishes them by their members.
enum CertnBody {
    /// - Parameter isLegacy: whether a body that matches neither API is read as a legacy body.
    static func parse(_ delivery: ArchivedDelivery, isLegacy: Bool) -> ParsedDelivery {
        let provider = isLegacy ? "certn-legacy" : "certn-centric"
        return delivery.parsed(provider: provider) { root in
            if let type = root["event_type"]?.typeName { return notification(root, type: type, in: delivery) }
            if root["id"]?.identifier != nil { return applicant(root, in: delivery) }
            return delivery.unrecognised(provider: provider, problem: "it has neither event_type nor id")
        }
    }

    private static func notification(_ root: JSONValue, type: String, in delivery: ArchivedDelivery) -> ParsedDelivery {
        var collector = FieldCollector()
        // The documentation has `id`; third parties report `event_id`.
        let id = root["id"] ?? root["event_id"]
        collector.add("id", id)
        collector.add(["object_id", "object_type", "case_status"], of: root)
        let key = id?.identifier.map { DedupeKey.key("event", $0) } ?? delivery.bodyKey
        return ParsedDelivery(reports: [collector.report("certn-centric", type, key: key)])
    }

    /// Certn sends the object again after each change and without an event ID. Therefore the bytes of the object
    /// identify a report.
    private static func applicant(_ root: JSONValue, in delivery: ArchivedDelivery) -> ParsedDelivery {
        var collector = FieldCollector()
        collector.add("id", root["id"])
        let application = root["application"]
        collector.add("application.id", application?["id"])
        collector.add("application.applicant.id", application?["applicant"]?["id"])
        collector.add("tag", root["tag"])
        collector.add("applicant_account.email", root["applicant_account"]?["email"])
        collector.add(["report_status", "status", "result"], of: root)
        let time = collector.time("modified", root["modified"]) ?? collector.time("last_updated", root["last_updated"])
        return ParsedDelivery(reports: [
            collector.report("certn-legacy", "applicant", key: delivery.bodyKey, time: time)
        ])
    }
}
