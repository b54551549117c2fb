internal import Deliveries
internal import Journal
internal import Providers
internal import Quarantine
internal import Redaction
internal import ReportIndex
internal import StrictJSON

/// An event as JSON. The names are a stable interface; docs/cli-json.md lists them.
enum TailRecord {
    /// - Parameters:
    ///   - response: the status of the response to the delivery; nil if there is none.
    ///   - masks: whether to mask personal data.
    static func json(_ event: FeedEvent, response: Int?, masks: Bool, _ providers: ProviderCatalog) -> JSONText {
        let response = response.map { JSONText.integer(Int64($0)) } ?? .null
        switch event {
        case .arrived(let arrival):
            let report = arrival.report
            let name = report.attemptNumber == 1 ? "report" : "attempt"
            return .object(
                [.init("event", .string(name))]
                    + ReportRow.members(masks: masks).object(report)
                    + [
                        .init("firstId", .integer(report.firstDeliveryID.rawValue)), .init("response", response),
                        .init("releasedFrom", arrival.releasedFrom.map { .integer($0.rawValue) } ?? .null),
                    ])
        case .rejected(let rejected):
            return .object([
                .init("event", .string("quarantined")), .init("id", .integer(rejected.id.rawValue)),
                .init("receivedAt", .string(rejected.receivedAt.rfc3339)), .init("source", .string(rejected.source)),
                .init("method", .string(rejected.method)),
                .init("target", .string(target(rejected.target, providers.secrets, masks))),
                .init("peer", .string(rejected.peer)), .init("verification", .string(rejected.verification.rawValue)),
                .init("reason", .string(rejected.reason)), .init("bodyBytes", .integer(Int64(rejected.bodyByteCount))),
                .init("bodySHA256", .string(Hex.encode(rejected.bodySHA256))), .init("response", response),
            ])
        case .replayed(let replay):
            let record = replay.record
            return .object(
                [
                    .init("event", .string("replay")), .init("id", .integer(record.deliveryID.rawValue)),
                    .init("startedAt", .string(record.startedAt.rfc3339)), .init("method", .string(record.method)),
                    .init("url", .string(record.url)),
                    .init("durationMilliseconds", .integer(record.durationMilliseconds)),
                ] + record.outcome.members)
        }
    }

    private static func target(_ text: String, _ secrets: ProviderSecrets, _ masks: Bool) -> String {
        masks ? PersonalData.target(text, secrets) : Masking.target(text, secrets)
    }
}
