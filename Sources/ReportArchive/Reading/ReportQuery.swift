internal import Deliveries
internal import GRDB

/// A filter as SQL. Values are always bound, never written into the text.
struct ReportQuery {
    private(set) var sql = ""
    private(set) var arguments = StatementArguments()

    init(_ filter: ReportFilter) {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func anyOf(_ column: String, _ values: [String]) {
            guard !values.isEmpty else { return }
            let marks = values.map { _ in "?" }.joined(separator: ", ")
            conditions.append("\(column) IN (\(marks))")
            arguments += StatementArguments(values)
        }
        anyOf("report.provider", filter.providers.flatMap { $0 == "certn" ? ["certn-legacy", "certn-centric"] : [$0] })
        anyOf("report.source", filter.sources)
        anyOf("report.kind", filter.kinds)
        anyOf("report.box", filter.boxes)
        if filter.isUnrouted { conditions.append("report.rule IS NULL") }
        let arrival = filter.listsAttempts ? "journal.receivedAtMilliseconds" : "report.receivedAtMilliseconds"
        if let since = filter.since {
            conditions.append("\(arrival) >= ?")
            arguments += [since.millisecondsSinceEpoch]
        }
        if let until = filter.until {
            conditions.append("\(arrival) < ?")
            arguments += [until.millisecondsSinceEpoch]
        }
        var names: [String] = []
        for field in filter.fields where !names.contains(field.name) { names.append(field.name) }
        for name in names {
            let values = filter.fields.filter { $0.name == name }.map(\.value)
            let marks = values.map { _ in "?" }.joined(separator: ", ")
            conditions.append("report.id IN (SELECT reportId FROM field WHERE name = ? AND value IN (\(marks)))")
            arguments += StatementArguments([name] + values)
        }
        if let reportID = filter.reportID {
            conditions.append("report.id = ?")
            arguments += [reportID.rawValue]
        }
        if let before = filter.before {
            conditions.append("report.id < ?")
            arguments += [before.rawValue]
        }
        let matching = conditions.isEmpty ? "" : "\nWHERE " + conditions.joined(separator: " AND ")
        if let subject = filter.latestPer {
            sql =
                Self.select(of: "report.journalId") + Self.firstArrivals + """

                    WHERE report.id IN (
                        SELECT id FROM (
                            SELECT report.id, row_number() OVER (
                                PARTITION BY field.value, report.kind
                                ORDER BY coalesce(report.providerTimeMilliseconds, report.receivedAtMilliseconds) DESC, report.id DESC
                            ) AS place
                            FROM report JOIN field ON field.reportId = report.id AND (\(subject.condition))\(matching)
                        ) WHERE place = 1
                    )
                    ORDER BY coalesce(report.providerTimeMilliseconds, report.receivedAtMilliseconds) DESC, report.id DESC
                    """
        } else if filter.listsAttempts {
            sql =
                Self.select(of: "attempt.journalId") + """

                    FROM attempt JOIN report ON report.id = attempt.reportId JOIN journal ON journal.id = attempt.journalId\(matching)
                    ORDER BY attempt.journalId DESC, attempt.ordinal DESC
                    """
        } else {
            sql = Self.select(of: "report.journalId") + Self.firstArrivals + matching + "\nORDER BY report.id DESC"
        }
        if let limit = filter.limit { sql += "\nLIMIT \(max(0, limit))" }
        self.arguments = arguments
    }

    private static let firstArrivals = """

        FROM report JOIN journal ON journal.id = report.journalId
            JOIN attempt ON attempt.journalId = report.journalId AND attempt.ordinal = report.ordinal
        """

    private static func select(of deliveryColumn: String) -> String {
        """
        SELECT report.id, \(deliveryColumn), attempt.ordinal, journal.receivedAtMilliseconds, report.source,
            report.provider, report.kind, report.dedupeKey, report.providerTimeMilliseconds, report.rule, report.box,
            report.externalInfo, report.problem, report.attemptCount, report.lastJournalId,
            report.lastReceivedAtMilliseconds, journal.verification, journal.secretName, journal.bodyByteCount,
            length(journal.body), journal.bodySHA256, attempt.number
        """
    }
}
