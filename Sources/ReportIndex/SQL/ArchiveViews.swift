/// The views and functions that users can query in SQL. The names and columns of the views are a stable interface.
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

    package struct Function: Sendable {
        package let call: String
        package let meaning: String
    }

    /// The SQL for a connection whose main file is the index, with the journal attached.
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
        SELECT (report.id >> 20) || CASE report.id & 1048575 WHEN 1 THEN '' ELSE '.' || (report.id & 1048575) END AS id,
            report.id AS reportId, report.id >> 20 AS deliveryId, report.id & 1048575 AS ordinal,
            delivery.receivedAtMilliseconds, category.source, category.provider, category.type, category.rule,
            category.topic, report.attemptCount, coalesce(report.lastDeliveryId, report.id >> 20) AS lastDeliveryId,
            report.providerTimeMilliseconds, report.problem, report.externalInfo
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
            name: "reports", meaning: "Reports, one row per report, even if it arrived again.",
            columns: [
                Column("id", "ID as commands print it: '42' or '42.2'"),
                Column("reportId", "number for joins with fields"),
                Column("deliveryId", "first delivery, for body()"),
                Column("ordinal", "place in the first delivery, from 1"),
                Column("receivedAtMilliseconds", "arrival of the first delivery; see rfc3339()"),
                Column("source", "configured endpoint"),
                Column("provider", "API, as in list --provider"),
                Column("type", "provider's name for the report, such as pf_income"),
                Column("rule", "specific, other or all; NULL if no route matched"),
                Column("topic", "topic of the route"),
                Column("attemptCount", "number of arrivals"),
                Column("lastDeliveryId", "latest delivery"),
                Column("providerTimeMilliseconds", "provider's time, or NULL"),
                Column("problem", "why the delivery could not be parsed, or NULL"),
                Column("externalInfo", "JSON text that the provider returned, or NULL"),
            ]),
        View(
            name: "fields", meaning: "Indexed fields of reports, one row per value.",
            columns: [
                Column("reportId", "reports.reportId"),
                Column("name", "such as linkId, or externalInfo.traceId"),
                Column("value", "always text: '200', not 200"),
            ]),
        View(
            name: "deliveries", meaning: "Every delivery in the journal.",
            columns: [
                Column("id", "position in the journal; reports.deliveryId"),
                Column("uuid", "16 bytes; see uuid()"),
                Column("receivedAtMilliseconds", "arrival"),
                Column("source", "configured endpoint"),
                Column("verification", "verified, unverified, fetched, failed, expired"),
                Column("secretName", "secret that verified it, or NULL"),
                Column("bodyByteCount", "length of the body as it arrived"),
                Column("bodySHA256", "digest of the body; NULL if pruned; see hex()"),
                Column("chain", "hash of this entry and the previous chain"),
                Column("encoding", "raw, zlib or pruned"),
                Column("storedByteCount", "length of the body as it is stored"),
            ]),
        View(
            name: "records", meaning: "Journal entries that are not deliveries.",
            columns: [
                Column("id", "position in the journal"), Column("uuid", "16 bytes; see uuid()"),
                Column("recordedAtMilliseconds", "time of the record"),
                Column("type", "access, hold, prune, replay, link, …"), Column("chain", "as in deliveries"),
            ]),
        View(
            name: "replays", meaning: "Replays of deliveries.",
            columns: [
                Column("id", "position in the journal"), Column("deliveryId", "deliveries.id"),
                Column("startedAtMilliseconds", "time of the request"), Column("method", "of the request"),
                Column("url", "without credentials and query"), Column("durationMilliseconds", "until the response"),
                Column("status", "of the response"), Column("responseByteCount", "of its body"),
                Column("responseSHA256", "of its body"), Column("failure", "why there was no response, or NULL"),
                Column("changes", "the parts that were changed on request, one per line"),
                Column("runId", "the run, or NULL"), Column("item", "its place in the run, from 0"),
                Column("isSentAgain", "1 if it may have been sent twice because of an interruption"),
            ]),
        View(
            name: "links", meaning: "Links, cases and applications requested from providers.",
            columns: [
                Column("id", "position in the journal"), Column("createdAtMilliseconds", "time of the request"),
                Column("provider", "as in reports"), Column("api", "base URL"),
                Column("state", "requested, created, failed, cancelled or dismissed"),
                Column("expiresAtMilliseconds", "NULL if unknown"), Column("externalInfo", "JSON text"),
                Column("note", "why it failed or was dismissed"),
            ]),
        View(
            name: "holds", meaning: "Legal holds.",
            columns: [
                Column("id", "position in the journal"), Column("deliveryId", "the delivery, or NULL"),
                Column("name", "of the field, or NULL"), Column("value", "of the field, or NULL"),
                Column("reason", "as entered"), Column("placedAtMilliseconds", "time of the hold"),
                Column("releasedAtMilliseconds", "NULL until released"),
            ]),
    ]

    package static let functions: [Function] = [
        Function(
            call: "body(deliveryId)",
            meaning: "the checked body: text, or a blob if it is not UTF-8; NULL if pruned"),
        Function(call: "rfc3339(milliseconds)", meaning: "a time as RFC 3339 in UTC"),
        Function(
            call: "milliseconds(text)", meaning: "a time from RFC 3339 or a date: milliseconds('2026-11-21')"),
        Function(call: "uuid(blob)", meaning: "16 bytes as a UUID"),
        Function(
            call: "json_extract(body(deliveryId), '$.a')",
            meaning: "and all functions of SQLite: ->>, json_each, hex, …"),
    ]
}
