internal import Deliveries
internal import StrictJSON

/// A browser that comes back from Klavi's consent pages (klavi-reference: Browser redirect). Nothing signs it: a hint,
/// never a proof.
enum KlaviRedirect {
    /// What such a request brings; a GET without any of these is no redirect.
    static let parameters = [
        "link_id", "consent_id", "external_info", "external_track_id", "error", "error_description",
    ]

    static func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        let target = delivery.request.target
        var collector = FieldCollector()
        collector.add("linkId", target.queryValue(named: "link_id"))
        collector.add("consentId", target.queryValue(named: "consent_id"))
        collector.add("externalTrackId", target.queryValue(named: "external_track_id"))
        collector.add("error", target.queryValue(named: "error"))
        var problem: String?
        if let text = target.queryValue(named: "external_info"), !text.isEmpty {
            if let document = externalInfo(text) {
                collector.addExternalInfo(document.root)
            } else {
                problem = "external_info is neither JSON nor base 64 of JSON; it is kept as text"
                collector.addExternalInfo((try? JSONDocument(parsing: Array(JSONString.quote(text).utf8)))?.root)
            }
        }
        return ParsedDelivery(reports: [
            ReportContent(
                provider: "klavi", type: ReportContent.redirectType,
                dedupeKey: "redirect:" + DedupeKey.sha256Hex(target.query ?? ""),
                externalInfo: collector.externalInfo, fields: collector.fields, problem: collector.problem ?? problem)
        ])
    }

    /// How the object is put into the parameter is not documented; JSON and base 64 of JSON are understood
    /// (klavi-reference: Undocumented).
    private static func externalInfo(_ text: String) -> JSONDocument? {
        if let document = try? JSONDocument(parsing: Array(text.utf8)) { return document }
        // A `+` of standard base 64 that was not percent-encoded has become a space.
        let restored = text.utf8.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 }
        return Base64Text.decode(restored).flatMap { try? JSONDocument(parsing: $0) }
    }
}
