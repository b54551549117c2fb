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

    /// A function and what it gives.
    package struct Function: Sendable {
        package let call: String
        package let meaning: String
    }

    package static let all: [View] = [
        View(
            name: "reports", meaning: "What deliveries say, each report once however often it came.",
            columns: [
                Column("id", "number of the report, fields.reportId"),
                Column("journalId", "delivery that brought it first, for body()"),
                Column("ordinal", "its place in that delivery, from 1"),
                Column("receivedAtMilliseconds", "when that arrived; see rfc3339()"),
                Column("source", "the configured door"),
                Column("provider", "klavi, certn-legacy, certn-centric, ezid, certificall, …"),
                Column("kind", "the provider's name for it, such as pf_income"),
                Column("rule", "specific, other or all; NULL where no route took it"),
                Column("box", "the box it filed into"),
                Column("attemptCount", "how often it arrived"),
                Column("lastJournalId", "the latest delivery of it"),
                Column("providerTimeMilliseconds", "the provider's own time; NULL where it gives none"),
                Column("problem", "what could not be read"),
                Column("externalInfo", "JSON text, as the provider carried it back"),
            ]),
        View(
            name: "fields", meaning: "What reports can be found by: a row a value.",
            columns: [
                Column("reportId", "reports.id"),
                Column("name", "such as linkId, or externalInfo.traceId"),
                Column("value", "always text: '200', not 200"),
            ]),
        View(
            name: "deliveries", meaning: "Every arrival, as the journal has it.",
            columns: [
                Column("id", "number of the delivery, reports.journalId"),
                Column("uuid", "sixteen bytes; see uuid()"),
                Column("receivedAtMilliseconds", "when it arrived"),
                Column("source", "the configured door"),
                Column("verification", "verified, unverified, fetched, failed, expired"),
                Column("secretName", "the secret that proved its sender"),
                Column("bodyByteCount", "length of the body as it arrived"),
                Column("bodySHA256", "digest of the body as it arrived; see hex()"),
                Column("chain", "hash over this row and the chain of the one before"),
                Column("head", "method, target and headers, sealed"),
                Column("encoding", "raw, zlib, same (as sameAs) or gone (pruned)"),
                Column("sameAs", "the delivery that has the same body"),
                Column("storedByteCount", "length of the body as it is stored"),
            ]),
    ]

    package static let functions: [Function] = [
        Function(
            call: "body(journalId)",
            meaning: "the body, decompressed and checked: text, or a blob where it is not UTF-8; NULL where pruned"),
        Function(call: "rfc3339(milliseconds)", meaning: "a time in words, in UTC"),
        Function(
            call: "milliseconds(text)", meaning: "of RFC 3339 or a date: milliseconds('2026-11-21')"),
        Function(call: "uuid(blob)", meaning: "sixteen bytes as a UUID is written"),
        Function(
            call: "json_extract(body(journalId), '$.a')", meaning: "and all of SQLite's own: ->>, json_each, hex, …"),
    ]
}
