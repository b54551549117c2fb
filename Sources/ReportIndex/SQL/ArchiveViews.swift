/// The views of the schema in words, for people who write statements. Their names and columns stay as they are.
package enum ArchiveViews {
    package struct View: Sendable {
        package let name: String
        package let meaning: String
        package let columns: [Column]
    }

    package struct Column: Sendable {
        package let name: String
        package let meaning: String

        fileprivate init(_ name: String, _ meaning: String) {
            self.name = name
            self.meaning = meaning
        }
    }

    /// A function and its result.
    package struct Function: Sendable {
        package let call: String
        package let meaning: String
    }

    /// The views, for a connection whose own file is the index and that has the journal attached.
    static let sql = """
        CREATE TEMP VIEW deliveries AS
        SELECT entry.position AS id, entry.uuid, entry.recordedAtMilliseconds AS receivedAtMilliseconds, origin.source,
            origin.verification, origin.secretName, entry.byteCount AS bodyByteCount, entry.bodySHA256, entry.chain,
            CASE entry.encoding WHEN 0 THEN 'raw' WHEN 1 THEN 'zlib' ELSE 'pruned' END AS encoding,
            length(entry.body) AS storedByteCount
        FROM journal.entry JOIN journal.origin ON origin.id = entry.originId WHERE origin.source IS NOT NULL;

        CREATE TEMP VIEW records AS
        SELECT entry.position AS id, entry.uuid, entry.recordedAtMilliseconds, origin.type, entry.chain
        FROM journal.entry JOIN journal.origin ON origin.id = entry.originId WHERE origin.source IS NULL;

        CREATE TEMP VIEW reports AS
        SELECT report.id, report.id >> 20 AS deliveryId, report.id & 1048575 AS ordinal, delivery.receivedAtMilliseconds,
            category.source, category.provider, category.type, category.rule, category.topic, report.attemptCount,
            coalesce(report.lastDeliveryId, report.id >> 20) AS lastDeliveryId, report.providerTimeMilliseconds,
            report.problem, report.externalInfo
        FROM main.report JOIN main.category ON category.id = report.categoryId
            JOIN main.delivery ON delivery.id = report.id >> 20;

        CREATE TEMP VIEW fields AS
        SELECT field.reportId, fieldName.name,
            CASE typeof(field.value)
                WHEN 'text' THEN field.value
                ELSE lower(
                    substr(hex(field.value), 1, 8) || '-' || substr(hex(field.value), 9, 4) || '-'
                    || substr(hex(field.value), 13, 4) || '-' || substr(hex(field.value), 17, 4) || '-'
                    || substr(hex(field.value), 21))
            END AS value
        FROM main.field JOIN main.fieldName ON fieldName.id = field.nameId;
        CREATE TEMP VIEW replays AS SELECT * FROM main.replay;
        CREATE TEMP VIEW links AS SELECT * FROM main.link;
        CREATE TEMP VIEW holds AS SELECT * FROM main.hold
        """

    package static let all: [View] = [
        View(
            name: "reports", meaning: "What deliveries say, each report once however often it arrived.",
            columns: [
                Column("id", "number of the report, fields.reportId"),
                Column("deliveryId", "the first delivery of it, for body()"),
                Column("ordinal", "its place in that delivery, from 1"),
                Column("receivedAtMilliseconds", "when that arrived; see rfc3339()"),
                Column("source", "the configured endpoint"),
                Column("provider", "the API, as list --provider takes it"),
                Column("type", "the provider's name for it, such as pf_income"),
                Column("rule", "specific, other or all; NULL when no route matched"),
                Column("topic", "the topic it is filed under"),
                Column("attemptCount", "how often it arrived"),
                Column("lastDeliveryId", "the latest delivery of it"),
                Column("providerTimeMilliseconds", "the provider's own time; NULL when it gives none"),
                Column("problem", "what could not be read"),
                Column("externalInfo", "JSON text, as the provider carried it back"),
            ]),
        View(
            name: "fields", meaning: "What reports can be found by: one row per value.",
            columns: [
                Column("reportId", "reports.id"),
                Column("name", "such as linkId, or externalInfo.traceId"),
                Column("value", "always text: '200', not 200"),
            ]),
        View(
            name: "deliveries", meaning: "Every delivery in the journal.",
            columns: [
                Column("id", "ID of the delivery, reports.deliveryId"),
                Column("uuid", "sixteen bytes; see uuid()"),
                Column("receivedAtMilliseconds", "when it arrived"),
                Column("source", "the configured endpoint"),
                Column("verification", "verified, unverified, fetched, failed, expired"),
                Column("secretName", "the secret that proved its sender"),
                Column("bodyByteCount", "length of the body as it arrived"),
                Column("bodySHA256", "digest of the body as it arrived; NULL when pruned; see hex()"),
                Column("chain", "hash over this entry and the chain of the one before"),
                Column("encoding", "raw, zlib or pruned"),
                Column("storedByteCount", "length of the body as it is stored"),
            ]),
        View(
            name: "records", meaning: "Every entry of the journal that is not a delivery.",
            columns: [
                Column("id", "its position"), Column("uuid", "sixteen bytes; see uuid()"),
                Column("recordedAtMilliseconds", "when it was recorded"),
                Column("type", "access, hold, prune, replay, link, …"), Column("chain", "as in deliveries"),
            ]),
        View(
            name: "replays", meaning: "Deliveries that were sent again.",
            columns: [
                Column("id", "its position"), Column("deliveryId", "deliveries.id"),
                Column("startedAtMilliseconds", "when it was sent"), Column("method", "of the request"),
                Column("url", "without credentials and query"), Column("durationMilliseconds", "until the response"),
                Column("status", "of the response"), Column("responseByteCount", "of its body"),
                Column("responseSHA256", "of its body"), Column("failure", "why there was no response"),
            ]),
        View(
            name: "links", meaning: "What was requested from providers.",
            columns: [
                Column("id", "its position"), Column("createdAtMilliseconds", "when it was requested"),
                Column("provider", "as in reports"), Column("api", "base URL"),
                Column("state", "requested, created, failed, disabled or dismissed"),
                Column("expiresAtMilliseconds", "NULL when not known"), Column("externalInfo", "JSON text"),
                Column("note", "why it failed or was dismissed"),
            ]),
        View(
            name: "holds", meaning: "Legal holds.",
            columns: [
                Column("id", "its position"), Column("deliveryId", "the delivery, or NULL"),
                Column("name", "of the field, or NULL"), Column("value", "of the field, or NULL"),
                Column("reason", "why"), Column("placedAtMilliseconds", "when"),
                Column("releasedAtMilliseconds", "NULL while it holds"),
            ]),
    ]

    package static let functions: [Function] = [
        Function(
            call: "body(deliveryId)",
            meaning: "the body, decompressed and checked: text, or a blob where it is not UTF-8; NULL where pruned"),
        Function(call: "rfc3339(milliseconds)", meaning: "a time in words, in UTC"),
        Function(
            call: "milliseconds(text)", meaning: "of RFC 3339 or a date: milliseconds('2026-11-21')"),
        Function(call: "uuid(blob)", meaning: "sixteen bytes as a UUID is written"),
        Function(
            call: "json_extract(body(deliveryId), '$.a')", meaning: "and all of SQLite's own: ->>, json_each, hex, …"),
    ]
}
