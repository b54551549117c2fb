import Deliveries
import Redaction
import ServerTestKit
import StrictJSON
import TestKit

@testable import ReportIndex
@testable import Transfer

extension DeliveryRecord {
    /// The record of a sample as delivery 42, with one report.
    static func sample(_ name: String = "klavi/link-created-event", isMasked: Bool = false) -> DeliveryRecord {
        record(.sample(name), masking: isMasked ? ProviderSecrets() : nil)
    }

    static func request(target: String, host: String) -> DeliveryRecord {
        body([], target: target, host: host)
    }

    /// The record of a delivery with these bytes and one report of `type`.
    static func body(
        _ body: [UInt8], type: String = "income", id: Int64 = 42, pruningReason: String? = nil,
        target: String = "/klavi",
        host: String = "h"
    ) -> DeliveryRecord {
        let request = InboundRequest(
            method: "POST", target: RequestTarget(target), headers: [HeaderField("Host", host)], body: body,
            peer: "192.0.2.1", receivedAt: .fixture)
        var generator = SplitMix64(seed: UInt64(id))
        let delivery = ArchivedDelivery(
            id: DeliveryID(rawValue: id), uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi",
            request: request, verification: .verified, secretName: "primary", bodySHA256: .sha256(of: body))
        return record(
            delivery, type: type, pruning: pruningReason.map { BodyPruning(prunedAt: .fixture, reason: $0) })
    }

    static func record(
        _ delivery: ArchivedDelivery, type: String = "income", externalInfo: String? = nil, fields: [ReportField] = [],
        pruning: BodyPruning? = nil, masking: ProviderSecrets? = nil
    ) -> DeliveryRecord {
        let byteCount = delivery.request.body.count
        let report = ReportSummary(
            reportID: ReportID(rawValue: 1), arrivalID: ReportID(rawValue: 1), deliveryID: delivery.id, ordinal: 1,
            receivedAt: .fixture, source: delivery.source, provider: "klavi", type: type, providerTime: nil, route: nil,
            externalInfo: externalInfo, problem: nil, attemptCount: 1, lastDeliveryID: delivery.id,
            lastReceivedAt: .fixture,
            verification: delivery.verification, secretName: delivery.secretName, bodyByteCount: byteCount,
            storedByteCount: byteCount, bodySHA256: delivery.bodySHA256, attemptNumber: 1, isBodyPruned: pruning != nil)
        return DeliveryRecord(
            kept: KeptDelivery(delivery: delivery, bodyByteCount: byteCount, pruning: pruning),
            reports: [DeliveredReport(report: report, attemptNumber: 1, fields: fields)], masking: masking)
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
