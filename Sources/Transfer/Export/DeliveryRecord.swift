package import Deliveries
internal import Journal
package import Redaction
package import ReportIndex
package import StrictJSON
internal import TerminalOutput
internal import TextForms

/// A delivery as `export` writes it and `import` reads it. The names of its members are a stable interface;
/// docs/cli-json.md lists them.
package struct DeliveryRecord {
    /// The version of the format: the value of the first member of each record, which `import` uses to recognise a
    /// record.
    package static let version: Int64 = 1

    package let kept: KeptDelivery
    package let reports: [DeliveredReport]
    private let masking: ProviderSecrets?

    /// - Parameter masking: the names of credentials to mask, in addition to personal data; nil to mask nothing.
    package init(kept: KeptDelivery, reports: [DeliveredReport], masking: ProviderSecrets? = nil) {
        self.kept = kept
        self.reports = reports
        self.masking = masking
    }

    /// True if credentials and personal data are masked. A masked record cannot be imported.
    package var isMasked: Bool { masking != nil }

    /// All members except the body and the reports.
    package var head: [JSONText.Member] {
        let delivery = kept.delivery
        let request = delivery.request
        var members: [JSONText.Member] = [
            .init("callbox", .integer(Self.version)), .init("id", .integer(delivery.id.rawValue)),
            .init("uuid", .string("\(delivery.uuid)")), .init("receivedAt", .string(request.receivedAt.rfc3339)),
            .init("source", .string(delivery.source)), .init("method", .string(request.method)),
            .init("target", .string(target)), .init("peer", .string(request.peer)),
            .init("verification", .string(delivery.verification.rawValue)),
            .init("secret", isMasked ? .null : .optional(delivery.secretName)),
            .init("headers", .array(headers.map { .array([.string($0.name), .string($0.value)]) })),
            .init("bodyBytes", .integer(Int64(kept.bodyByteCount))),
            .init(
                "bodySHA256", .optional(delivery.bodySHA256.isEmpty || isMasked ? nil : Hex.encode(delivery.bodySHA256))
            ),
        ]
        if let reason = kept.pruningReason { members.append(.init("bodyPruned", .string(reason))) }
        if isMasked { members.append(.init("masked", .boolean(true))) }
        return members
    }

    package var target: String {
        let text = kept.delivery.request.target.text
        return masking.map { PersonalData.target(text, $0) } ?? text
    }

    package var headers: [HeaderField] {
        let fields = kept.delivery.request.headers.fields
        guard let masking else { return fields }
        return fields.map { field in
            HeaderField(field.name, PersonalData.shown(Masking.value(of: field, masking), name: field.name))
        }
    }

    /// The bytes to write. Nil for a masked body that is not text.
    var body: [UInt8]? {
        let request = kept.delivery.request
        guard isMasked else { return request.body }
        guard let text = String(validating: kept.delivery.readableBody.bytes, as: UTF8.self) else { return nil }
        let type = request.headers.values(named: "Content-Type").first?.lowercased() ?? ""
        let isForm = type.hasPrefix("application/x-www-form-urlencoded")
        return Array((isForm ? PersonalData.form(text[...]) : PersonalData.shown(json: text)).utf8)
    }

    var reportList: JSONText {
        .array(reports.map { $0.json(isMasked: isMasked) })
    }

    /// Writes the record on one line, without a line break.
    package func write(_ piece: (String) throws -> Void) throws {
        try piece(String(JSONText.object(head).line.dropLast()))
        try piece(#","reports":"# + reportList.line)
        if kept.pruningReason == nil, let body = body.map(BodyText.init) {
            try piece(body.isText ? #","body":"# : #","bodyBase64":"#)
            try body.write(piece)
        }
        try piece("}")
    }
}

extension DeliveredReport {
    /// The report as `export` and `show` write it.
    package var json: JSONText { json(isMasked: false) }

    fileprivate func json(isMasked: Bool) -> JSONText {
        .object([
            .init("ordinal", .integer(Int64(ordinal))), .init("provider", .string(report.provider)),
            .init("type", .string(report.type)), .init("rule", .optional(report.route?.rule.rawValue)),
            .init("topic", .optional(report.route?.topic)), .init("attempt", .integer(Int64(attemptNumber))),
            .init("attempts", .integer(Int64(report.attemptCount))),
            .init("firstId", .integer(report.deliveryID.rawValue)),
            .init("providerTime", .optional(report.providerTime?.rfc3339)),
            .init(
                "externalInfo",
                report.externalInfo.map { .raw(isMasked ? PersonalData.shown(json: $0) : $0) } ?? .null),
            .init(
                "fields",
                .array(
                    fields.map {
                        let value = isMasked ? PersonalData.shown($0.value, name: $0.name) : $0.value
                        return .object([.init("name", .string($0.name)), .init("value", .string(value))])
                    })),
            .init("problem", .optional(report.problem)),
        ])
    }
}
