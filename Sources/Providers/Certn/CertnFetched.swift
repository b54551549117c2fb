internal import Deliveries
internal import StrictJSON

/// What Callbox asked Certn's APIs for (certn-reference: Legacy API; certn-reference: Centric API): an applicant, a
/// case, or a case's report as PDF. The path that was asked tells which.
enum CertnFetched {
    static func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        let path = delivery.request.target.path.split(separator: "/").map(String.init)
        // api/public/cases/<id>[/report.pdf]
        if path.starts(with: ["api", "public", "cases"]), path.count >= 4 {
            return path.last == "report.pdf" ? report(ofCase: path[3], delivery) : caseObject(delivery)
        }
        return CertnBody.parse(delivery, isLegacy: true)
    }

    /// The case as it was at that moment: the same bytes again are the same report.
    private static func caseObject(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        switch delivery.parsedBody() {
        case .failure(let error):
            return delivery.unrecognised(provider: "certn-centric", problem: "the body is not JSON: \(error)")
        case .success(let document):
            let root = document.root
            guard let id = root["id"]?.identifier else {
                return delivery.unrecognised(provider: "certn-centric", problem: "there is no id in it")
            }
            var collector = FieldCollector()
            collector.add("object_id", id)
            collector.add(["short_id", "overall_status", "overall_score", "email_address"], of: root)
            return ParsedDelivery(reports: [
                ReportContent(
                    provider: "certn-centric", type: "case", dedupeKey: "fetched:" + delivery.bodyKey,
                    fields: collector.fields, problem: collector.problem)
            ])
        }
    }

    private static func report(ofCase id: String, _ delivery: ArchivedDelivery) -> ParsedDelivery {
        var collector = FieldCollector()
        collector.add("object_id", id)
        let isPDF = delivery.request.body.starts(with: Array("%PDF-".utf8))
        return ParsedDelivery(reports: [
            ReportContent(
                provider: "certn-centric", type: "case_report", dedupeKey: "fetched:" + delivery.bodyKey,
                fields: collector.fields, problem: isPDF ? nil : "the body is no PDF")
        ])
    }
}
