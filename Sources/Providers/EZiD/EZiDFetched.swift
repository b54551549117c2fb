internal import Deliveries
internal import StrictJSON

/// Parses the result of exchanging a code: the claims of the tokens, without the tokens (docs/providers/ezid.md).
enum EZiDFetched {
    static func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        delivery.parsed(provider: "ezid") { root in
            let identity = root["id_token"]
            var collector = FieldCollector()
            collector.add("uuid", root["uuid"])
            collector.add(["sub", "email"], of: identity?["claims"])
            collector.add("verified", identity?["verified"])
            let key = root["uuid"]?.identifier.map { DedupeKey.key("claims", $0) } ?? delivery.bodyKey
            return ParsedDelivery(reports: [collector.report("ezid", "claims", key: key)])
        }
    }
}
