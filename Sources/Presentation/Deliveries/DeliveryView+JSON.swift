internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TextForms
internal import Transfer

/// A delivery as JSON. docs/cli-json.md lists the names.
extension DeliveryView {
    var json: JSONText {
        let request = delivery.request
        return .object([
            .init("id", .integer(delivery.id.rawValue)), .init("uuid", .string("\(delivery.uuid)")),
            .init("receivedAt", .string(request.receivedAt.rfc3339)), .init("source", .string(delivery.source)),
            .init("method", .string(request.method)), .init("target", .string(requestView.target)),
            .init("peer", .string(request.peer)), .init("verification", .string(delivery.verification.rawValue)),
            .init("secret", .optional(delivery.secretName)),
            .init("bodyBytes", .integer(Int64(prunedBodyByteCount ?? request.body.count))),
            .init("bodySHA256", .optional(delivery.bodySHA256.isEmpty ? nil : Hex.encode(delivery.bodySHA256))),
            .init(
                "headers",
                .array(request.headers.fields.map { .array([.string($0.name), .string(requestView.value(of: $0))]) })),
            .init("reports", .array(reports.map(\.json))), .init("replays", .array(replays.map(Self.json))),
            .init("bodyPruned", .boolean(pruning != nil)), .init("prunedAt", .optional(pruning?.prunedAt?.rfc3339)),
            .init("pruningReason", .optional(pruning?.reason)), .init("body", bodyJSON),
        ])
    }

    /// The body as JSON: a JSON body unchanged, any other text as a string, and null for bytes that are not text.
    var bodyJSON: JSONText {
        let body = part?.bytes ?? delivery.readableBody.bytes
        if body.isEmpty { return .null }
        if (try? JSONDocument(parsing: body)) != nil, let text = String(validating: body, as: UTF8.self) {
            return .raw(text)
        }
        return .optional(String(validating: body, as: UTF8.self))
    }

    private static func json(_ replay: ReplayRecord) -> JSONText {
        var members: [JSONText.Member] = [
            .init("startedAt", .string(replay.startedAt.rfc3339)), .init("url", .string(replay.url)),
            .init("durationMilliseconds", .integer(replay.durationMilliseconds)),
        ]
        members += replay.outcome.members
        if !replay.changes.isEmpty { members.append(.init("changes", .array(replay.changes.map { .string($0) }))) }
        if let run = replay.place?.run { members.append(.init("run", .integer(run))) }
        return .object(members)
    }
}

extension ReplayRecord.Outcome {
    /// The members that describe the response, or the reason why there was none.
    var members: [JSONText.Member] {
        switch self {
        case .responded(let status, let byteCount, let digest):
            [
                .init("status", .integer(Int64(status))), .init("responseBytes", .integer(Int64(byteCount))),
                .init("responseSHA256", .string(Hex.encode(digest))),
            ]
        case .failed(let reason): [.init("failure", .string(reason))]
        }
    }
}
