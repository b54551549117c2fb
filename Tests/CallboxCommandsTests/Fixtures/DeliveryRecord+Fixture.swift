import Deliveries
import Redaction
import ServerTestKit
import StrictJSON
import TestKit

@testable import CallboxCommands
@testable import ReportIndex
@testable import Transfer

extension DeliveryRecord {
    /// A sample as delivery 42.
    static func sample(_ name: String = "klavi/link-created-event", isMasked: Bool = false) -> DeliveryRecord {
        let view = DeliveryView.sample(name)
        return DeliveryRecord(
            kept: KeptDelivery(
                delivery: view.delivery, bodyByteCount: view.delivery.request.body.count, pruning: nil),
            reports: view.reports, masking: isMasked ? ProviderSecrets() : nil)
    }

    /// A delivery of these bytes, with their digest.
    static func body(
        _ body: [UInt8], type: String = "income", id: Int64 = 42, pruningReason: String? = nil
    ) -> DeliveryRecord {
        let request = InboundRequest(
            method: "POST", target: RequestTarget("/klavi"), headers: [HeaderField("Host", "h")], body: body,
            peer: "192.0.2.1", receivedAt: .fixture)
        var generator = SplitMix64(seed: UInt64(id))
        let delivery = ArchivedDelivery(
            id: DeliveryID(rawValue: id), uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi",
            request: request, verification: .verified, secretName: "primary", bodySHA256: .sha256(of: body))
        let report = DeliveredReport(report: .fixture(type: type), attemptNumber: 1, fields: [])
        return DeliveryRecord(
            kept: KeptDelivery(
                delivery: delivery, bodyByteCount: body.count,
                pruning: pruningReason.map { BodyPruning(prunedAt: .fixture, reason: $0) }),
            reports: [report])
    }

    /// The record as a line.
    func text() throws -> String {
        var text = ""
        try write { text += $0 }
        return text
    }

    func parsed() throws -> JSONDocument {
        try JSONDocument(parsing: Array(try text().utf8))
    }
}
