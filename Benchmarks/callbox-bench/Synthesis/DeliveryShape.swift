import Deliveries
import Foundation

/// An invented delivery that is not yet encoded or sent.
struct SyntheticDelivery: Sendable {
    /// The name of the source in the default configuration of Callbox.
    let source: String
    let request: InboundRequest
}

/// The types of deliveries in the synthetic traffic.
enum DeliveryShape: Equatable, Sendable {
    case product(Int), failedReport, linkCreated, consent, productGenerated, consentRevoked, klaviRedirect
    case applicant, notification(Int), certificate(Int), magicLink, retry

    /// The number of reports that a delivery of this type adds to the archive.
    var reportCount: Int {
        switch self {
        case .consent: 3
        case .retry: 0
        default: 1
        }
    }

    func fill(_ values: inout SlotValues, byteCount: Int, at time: Timestamp) -> SyntheticDelivery {
        var body = ByteText(capacity: byteCount + 512)
        switch self {
        case .product(let number):
            let product = KlaviProduct.all[number]
            product.fillBeforeEnd(&body, &values, byteCount: byteCount)
            product.end.fill(&body, &values)
            return klavi(product.path, body, &values, time)
        case .failedReport: return klavi("/klavi/other", filled(KlaviShapes.failedReport, &values), &values, time)
        case .linkCreated: return klavi("/klavi", filled(KlaviShapes.linkCreated, &values), &values, time)
        case .consent: return klavi("/klavi", filled(KlaviShapes.consent, &values), &values, time)
        case .productGenerated: return klavi("/klavi", filled(KlaviShapes.productGenerated, &values), &values, time)
        case .consentRevoked, .retry: return klavi("/klavi", filled(KlaviShapes.consentRevoked, &values), &values, time)
        case .klaviRedirect: return visit("klavi", filled(KlaviShapes.redirectTarget, &values), time)
        case .applicant:
            return certn(
                filled(CertnShapes.applicant, &values), "Certn-Signature",
                "t=\(time.millisecondsSinceEpoch / 1000),v1=\(hex64(&values))", time)
        case .notification(let number):
            return certn(filled(CertnShapes.notifications[number], &values), "X-Signature", hex64(&values), time)
        case .certificate(let number): return certificall(number, &values, time)
        case .magicLink: return visit("ezid", EZiDShapes.target(&values, time), time)
        }
    }

    private func filled(_ template: BodyTemplate, _ values: inout SlotValues) -> ByteText {
        var text = ByteText(capacity: 4096)
        template.fill(&text, &values)
        return text
    }

    private func hex64(_ values: inout SlotValues) -> String {
        var text = ByteText(capacity: 64)
        values.add(.hex64, 0, to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private func klavi(
        _ path: String, _ body: ByteText, _ values: inout SlotValues, _ time: Timestamp
    ) -> SyntheticDelivery {
        post(
            "klavi", path, body, time,
            [
                HeaderField("Accept", "application/json, text/plain, */*"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("X-Klavi-Timestamp", "\(time.millisecondsSinceEpoch / 1000)"),
                HeaderField("X-Klavi-Signature", hex64(&values)), HeaderField("User-Agent", "axios/1.7.7"),
                HeaderField("Content-Length", "\(body.count)"),
                HeaderField("Accept-Encoding", "gzip, compress, deflate, br"), HeaderField("Host", "callbox.example"),
                HeaderField("Connection", "close"),
            ])
    }

    private func certn(_ body: ByteText, _ name: String, _ signature: String, _ time: Timestamp) -> SyntheticDelivery {
        post(
            "certn", "/certn", body, time,
            [
                HeaderField("Host", "callbox.example"), HeaderField("User-Agent", "python-requests/2.32.3"),
                HeaderField("Accept-Encoding", "gzip, deflate"), HeaderField("Accept", "*/*"),
                HeaderField("Connection", "keep-alive"), HeaderField("Content-Type", "application/json"),
                HeaderField(name, signature), HeaderField("Content-Length", "\(body.count)"),
            ])
    }

    private func certificall(_ number: Int, _ values: inout SlotValues, _ time: Timestamp) -> SyntheticDelivery {
        let body = filled(CertificallShapes.certificates[number], &values)
        return post(
            "certificall", "/certificall", body, time,
            [
                HeaderField("Accept", "application/json, text/plain, */*"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("Authorization", "HMAC-SHA256 callbox-test-key:\(hex64(&values))"),
                HeaderField("X-Api-Key", "callbox-test-key"), HeaderField("User-Agent", "axios/1.7.7"),
                HeaderField("Content-Length", "\(body.count)"),
                HeaderField("Accept-Encoding", "gzip, compress, deflate, br"), HeaderField("Host", "callbox.example"),
                HeaderField("Connection", "close"),
            ])
    }

    private func post(
        _ source: String, _ path: String, _ body: ByteText, _ time: Timestamp, _ headers: [HeaderField]
    ) -> SyntheticDelivery {
        SyntheticDelivery(
            source: source,
            request: InboundRequest(
                method: "POST", target: RequestTarget(path), headers: HeaderFields(headers), body: body.bytes,
                peer: "203.0.113.\(time.millisecondsSinceEpoch % 16)", receivedAt: time))
    }

    /// Creates the GET request of a browser redirect.
    private func visit(_ source: String, _ target: ByteText, _ time: Timestamp) -> SyntheticDelivery {
        SyntheticDelivery(
            source: source,
            request: InboundRequest(
                method: "GET", target: RequestTarget(String(decoding: target.bytes, as: UTF8.self)),
                headers: HeaderFields(Self.browser), body: [],
                peer: "198.51.100.\(time.millisecondsSinceEpoch % 250)", receivedAt: time))
    }

    private static let browser = [
        HeaderField("Host", "callbox.example"),
        HeaderField("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        HeaderField("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        HeaderField("Accept-Language", "pt-BR,pt;q=0.8,en;q=0.5"),
        HeaderField("Accept-Encoding", "gzip, deflate, br, zstd"), HeaderField("Connection", "keep-alive"),
        HeaderField("Sec-Fetch-Dest", "document"), HeaderField("Sec-Fetch-Mode", "navigate"),
    ]
}
