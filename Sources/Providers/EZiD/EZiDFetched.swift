internal import Deliveries
internal import StrictJSON

/// What came of exchanging a code: the claims of the tokens, without the tokens (docs/providers/ezid.md).
enum EZiDFetched {
    static func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        switch delivery.parsedBody() {
        case .failure(let error):
            return delivery.unrecognised(provider: "ezid", problem: "the body is not JSON: \(error)")
        case .success(let document):
            let root = document.root
            let identity = root["id_token"]?["claims"]
            var collector = FieldCollector()
            collector.add("uuid", root["uuid"])
            collector.add(["sub", "email"], of: identity)
            collector.add("verified", root["id_token"]?["verified"])
            return ParsedDelivery(reports: [
                ReportContent(
                    provider: "ezid", type: "claims",
                    dedupeKey: root["uuid"]?.identifier.map { DedupeKey.key("claims", $0) } ?? delivery.bodyKey,
                    fields: collector.fields, problem: collector.problem)
            ])
        }
    }
}
