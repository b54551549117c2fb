import Deliveries
import ServerTestKit
import TestKit

@testable import ReportIndex

extension ReportSummary {
    /// A report with defaults for all properties, so tests pass only relevant arguments.
    static func fixture(
        deliveryID: Int64 = 42, ordinal: Int = 1, source: String = "klavi", provider: String = "klavi",
        type: String = "pf_checking_account", providerTime: Timestamp? = nil,
        route: Route? = Route(rule: .specific, topic: "checking"), externalInfo: String? = #"{"traceId":"t-1"}"#,
        problem: String? = nil, attemptCount: Int = 1, lastDeliveryID: Int64? = nil,
        verification: Verification = .verified, secretName: String? = "primary", bodyByteCount: Int = 2048,
        storedByteCount: Int = 512
    ) -> ReportSummary {
        ReportSummary(
            reportID: ReportID(rawValue: 1), arrivalID: ReportID(rawValue: 1),
            deliveryID: DeliveryID(rawValue: deliveryID), ordinal: ordinal, receivedAt: .fixture, source: source,
            provider: provider, type: type,
            providerTime: providerTime, route: route, externalInfo: externalInfo, problem: problem,
            attemptCount: attemptCount, lastDeliveryID: DeliveryID(rawValue: lastDeliveryID ?? deliveryID),
            lastReceivedAt: .fixture, verification: verification, secretName: secretName, bodyByteCount: bodyByteCount,
            storedByteCount: storedByteCount, bodySHA256: .digestFixture,
            attemptNumber: 1, isBodyPruned: false)
    }

    /// Two reports of one delivery: a complete report, and a report with almost all values missing.
    static let pair: [ReportSummary] = [
        .fixture(providerTime: .fixture),
        .fixture(
            ordinal: 2, type: ReportContent.unrecognisedType, route: nil, externalInfo: nil,
            problem: "the element is neither an event nor a report", attemptCount: 3, lastDeliveryID: 57,
            verification: .unverified, secretName: nil, bodyByteCount: 0, storedByteCount: 0),
    ]
}
