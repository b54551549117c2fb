internal import Deliveries
internal import StrictJSON

/// Parses a browser redirect from Klavi's consent pages (klavi-reference: Browser redirect). It is not signed, so it is
/// only a hint.
enum KlaviRedirect {
    /// The parameters of a redirect. A GET without any of these parameters is not a redirect.
    static let parameters = [
        "link_id", "consent_id", "external_info", "external_track_id", "error", "error_description",
    ]

    static func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        let target = delivery.request.target
        let text = target.queryValue(named: "external_info").flatMap { $0.isEmpty ? nil : $0 }
        let info = text.flatMap(externalInfo)
        var collector = FieldCollector(
            problem: text != nil && info == nil
                ? "external_info is neither JSON nor base64 of JSON; it is kept as text" : nil)
        for (name, parameter) in [
            ("linkId", "link_id"), ("consentId", "consent_id"), ("externalTrackId", "external_track_id"),
            ("error", "error"),
        ] {
            collector.add(name, target.queryValue(named: parameter))
        }
        let quoted = text.flatMap { try? JSONDocument(parsing: Array(JSONString.quote($0).utf8)) }
        collector.addExternalInfo((info ?? quoted)?.root)
        let key = "redirect:" + DedupeKey.sha256Hex(target.query ?? "")
        return ParsedDelivery(reports: [collector.report("klavi", ReportContent.redirectType, key: key)])
    }

    /// Reads both JSON and base64 of JSON, because the encoding is not documented (klavi-reference: Undocumented).
    private static func externalInfo(_ text: String) -> JSONDocument? {
        if let document = try? JSONDocument(parsing: Array(text.utf8)) { return document }
        // In standard base64, a `+` that was not percent-encoded has become a space.
        let restored = text.utf8.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 }
        return Base64Text.decode(restored).flatMap { try? JSONDocument(parsing: $0) }
    }
}
