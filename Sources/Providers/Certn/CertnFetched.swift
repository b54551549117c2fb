internal import Deliveries
internal import StrictJSON

/// Parses responses of Certn's APIs to Callbox's calls (certn-reference: Legacy API; certn-reference: Centric API): an
/// applicant, a case, or the report of a case as PDF. The path of the call distinguishes these responses.
enum CertnFetched {
    static func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        let path = delivery.request.target.path.split(separator: "/").map(String.init)
        // The path is `api/public/cases/<id>[/report.pdf]`.
        guard path.starts(with: ["api", "public", "cases"]), path.count >= 4 else {
            return CertnBody.parse(delivery, isLegacy: true)
        }
        // Two responses are the same report only if their bytes are equal, because a case changes over time.
        let key = "fetched:" + delivery.bodyKey
        if path.last == "report.pdf" {
            let isPDF = delivery.request.body.starts(with: Array("%PDF-".utf8))
            var collector = FieldCollector(problem: isPDF ? nil : "the body is not a PDF")
            collector.add("object_id", path[3])
            return ParsedDelivery(reports: [collector.report("certn-centric", "case_report", key: key)])
        }
        return delivery.parsed(provider: "certn-centric") { root in
            guard let id = root["id"]?.identifier else {
                return delivery.unrecognised(provider: "certn-centric", problem: "it has no id")
            }
            var collector = FieldCollector()
            collector.add("object_id", id)
            collector.add(["short_id", "overall_status", "overall_score", "email_address"], of: root)
            return ParsedDelivery(reports: [collector.report("certn-centric", "case", key: key)])
        }
    }
}
