internal import Deliveries
internal import StrictJSON

/// Parses Klavi's JSON bodies: events (klavi-reference: Events), reports, and the older reports in snake_case
/// (klavi-reference: Reports).
enum KlaviBody {
    static func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        delivery.parsed(provider: "klavi") { root in
            guard root.kind == .array else {
                return report(root, delivery, DeliveryBudget()).map { ParsedDelivery(reports: [$0]) }
                    ?? delivery.unrecognised(
                        provider: "klavi", problem: "it has none of eventName, productName and report_type")
            }
            return delivery.reports(ofArray: root, provider: "klavi", elements: "events") { element, place, budget in
                report(element, delivery, budget)
                    ?? ReportContent(
                        provider: "klavi", type: ReportContent.unrecognisedType,
                        dedupeKey: "\(delivery.bodyKey):\(place)",
                        problem: "the element is neither an event nor a report")
            }
        }
    }

    private static func report(
        _ value: JSONValue, _ delivery: ArchivedDelivery, _ budget: DeliveryBudget
    ) -> ReportContent? {
        let collector = FieldCollector(problem: timestampWarning(delivery.request), budget: budget)
        if let name = value["eventName"]?.typeName { return event(value, name: name, collector) }
        if let name = value["productName"]?.typeName { return productReport(value, name: name, collector) }
        if let name = value["report_type"]?.typeName { return legacyReport(value, name: name, collector) }
        return nil
    }

    /// A time that differs by more than five minutes causes only a warning, because `X-Klavi-Timestamp` is not signed
    /// (klavi-reference: Undocumented).
    private static func timestampWarning(_ request: InboundRequest) -> String? {
        guard let text = request.headers.onlyValue(named: "X-Klavi-Timestamp") else { return nil }
        guard let time = Timestamp(unixText: text) else { return "X-Klavi-Timestamp is not a Unix time" }
        let milliseconds = request.receivedAt.milliseconds(since: time)
        guard !(-300_000...300_000).contains(milliseconds) else { return nil }
        let side = milliseconds > 0 ? "before" : "after"
        return "X-Klavi-Timestamp, which is not signed, is \(milliseconds.magnitude / 1000) s \(side) arrival"
    }

    private static func event(_ value: JSONValue, name: String, _ collector: FieldCollector) -> ReportContent {
        let payload = value["payload"]
        var collector = collector
        collector.add("partnerAppId", value["partnerAppId"])
        // The documentation has `eventID` in its tables and `eventId` in its examples.
        let eventID = value["eventId"] ?? value["eventID"]
        collector.add("eventId", eventID)
        collector.add(
            [
                "personalTaxId", "businessTaxId", "linkId", "institutionCode", "requestId", "productName", "consentId",
                "externalTrackId", "batchId",
            ], of: payload)
        // The documentation says that the value is an object; an array is also accepted.
        collector.add(["consentId", "externalTrackId", "institutionCode"], ofEach: payload?["consents"])
        collector.addExternalInfo(value["externalInfo"])
        let time = collector.time("eventTime", value["eventTime"])
        return content(
            collector, type: name, keyPrefix: "event", identifier: eventID, in: value, time: time)
    }

    private static func productReport(_ value: JSONValue, name: String, _ collector: FieldCollector) -> ReportContent {
        var collector = collector
        collector.add(["requestId", "productName", "productReportId", "enquiryCpf", "enquiryCnpj", "code"], of: value)
        if let links = value["links"] {
            for link in links.elements {
                collector.add(["linkId", "institutionCode"], of: link)
                collector.add(["consentId"], ofEach: link["consents"])
            }
        }
        collector.addExternalInfo(value["externalInfo"])
        let time = collector.time("productReportTime", value["productReportTime"])
        return content(
            collector, type: name, keyPrefix: "report", identifier: value["productReportId"], in: value, time: time)
    }

    private static func legacyReport(_ value: JSONValue, name: String, _ collector: FieldCollector) -> ReportContent {
        var collector = collector
        collector.add(["enquiry_cpf", "connection_key", "connection_id", "institution_id", "report_id"], of: value)
        collector.addExternalInfo(value["external_info"] ?? value["externalInfo"])
        return content(
            collector, type: name, keyPrefix: "report", identifier: value["report_id"], in: value, time: nil)
    }

    /// The content of an element. Without an identifier, the element is identified by its bytes.
    private static func content(
        _ collector: FieldCollector, type: String, keyPrefix: String, identifier: JSONValue?, in value: JSONValue,
        time: Timestamp?
    ) -> ReportContent {
        let identifier = identifier?.identifier ?? "sha256:\(DedupeKey.sha256Hex(value.rawBytes))"
        return collector.report("klavi", type, key: DedupeKey.key(keyPrefix, identifier), time: time)
    }
}
