import Crypto
import Deliveries
import Foundation

/// Makes Klavi reports of a given size, each with an id of its own, signed as Klavi signs.
struct DeliveryFactory {
    static let secret = "klavi-test-secret"

    private let before: [UInt8]
    private let after: [UInt8]
    private let key = SymmetricKey(data: Array(secret.utf8))

    /// - Parameter byteCount: of each body, about; at least 600.
    init(byteCount: Int) {
        before = Array(
            #"{"code":200,"message":"OK","requestId":"R-1","productName":"pf_checking_account","productVersion":"V1","productReportId":""#
                .utf8)
        var text =
            #"","productReportTime":"2026-01-02T03:04:05","enquiryCpf":"12345678909","links":[{"linkId":"4437b139-8a16-11ee-b636-487b6bad036a","institutionCode":"033","consents":[{"consentId":"C-1"}]}],"externalInfo":{"traceId":"bench","nome":"João"},"transactions":["#
        var number = 0
        while text.utf8.count + before.count + 40 < byteCount {
            number += 1
            let amount = number &* 7919 % 1_000_000
            text +=
                (number == 1 ? "" : ",")
                + #"{"transactionId":"T\#(number &* 2_654_435_761 % 4_294_967_291)","transactionAmount":{"amount":"\#(amount / 100).\#(amount % 100)00","currency":"BRL"},"creditDebitType":"\#(number % 3 == 0 ? "CREDITO" : "DEBITO")"}"#
        }
        after = Array((text + "]}").utf8)
    }

    /// A body with an id of its own, and its signature.
    private func delivery(_ number: Int) -> (body: [UInt8], signature: String) {
        let body = before + Array("PR-\(number)-\(UInt64(number) &* 0x9e37_79b9_7f4a_7c15)".utf8) + after
        return (body, Hex.encode(HMAC<SHA256>.authenticationCode(for: body, using: key)))
    }

    /// The request as intake gets it.
    func inboundRequest(_ number: Int) -> InboundRequest {
        let (body, signature) = delivery(number)
        return InboundRequest(
            method: "POST", target: RequestTarget("/klavi/pf_checking_account"),
            headers: [HeaderField("Content-Type", "application/json"), HeaderField("X-Klavi-Signature", signature)],
            body: body, peer: "127.0.0.1", receivedAt: Timestamp(millisecondsSinceEpoch: 0))
    }

    /// A whole request on the wire.
    func request(_ number: Int) -> [UInt8] {
        let (body, signature) = delivery(number)
        let head =
            "POST /klavi/pf_checking_account HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + "User-Agent: klavi-webhook/1.0\r\nX-Klavi-Timestamp: 1793613601\r\nX-Klavi-Signature: \(signature)\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        return Array(head.utf8) + body
    }
}
