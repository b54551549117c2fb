import Foundation

/// Measures the effect of a million reports on the rate of acknowledgements and on the duration of queries.
struct ScalePart {
    let bench: Workbench
    /// The archive with many reports. The part adds more reports to it.
    let large: URL

    private struct Query {
        let name: String
        let arguments: [String]
        var small: [Double] = []
        var large: [Double] = []
    }

    func run() async throws -> PartReport {
        try await bench.withArchive { small in
            bench.note("synthesizing \(bench.plan.smallReportCount) reports")
            try await bench.synthesize(.forScale(bench.plan.smallReportCount), at: small)
            let reportCount = try bench.callbox.statistics(large).reports
            bench.note("querying \(reportCount) and \(bench.plan.smallReportCount) reports")
            let queries = try measureQueries(small)
            let rates = try await measureRates(reportCount)
            return report(queries, rates, reportCount)
        }
    }

    private func measureQueries(_ small: URL) throws -> [Query] {
        let smallQueries = try queries(small)
        var queries = try queries(large)
        for round in 0...bench.plan.queryRuns {
            for index in queries.indices {
                let inSmall = try bench.callbox.run(smallQueries[index].arguments, on: small).seconds * 1000
                let inLarge = try bench.callbox.run(queries[index].arguments, on: large).seconds * 1000
                // The first run warms the page cache and does not count.
                guard round > 0 else { continue }
                queries[index].small.append(inSmall)
                queries[index].large.append(inLarge)
            }
        }
        return queries
    }

    /// Returns the four queries. The values in the queries are from the middle of the archive.
    private func queries(_ archive: URL) throws -> [Query] {
        let times = try Times(bench.callbox, archive)
        let found = try bench.callbox.run(
            ["list", "--type", "pf_checking_account", "--until", times.middle, "--limit", "1", "--format", "ndjson"],
            on: archive)
        guard let trace = Self.trace(found.output) else { throw Tool.Failed(description: "no report with a traceId") }
        return [
            Query(name: "newest 20", arguments: ["list"]),
            Query(name: "newest 20 of a type", arguments: ["list", "--type", "pf_credit_card"]),
            Query(name: "by externalInfo.traceId", arguments: ["list", "--external", "traceId=\(trace)"]),
            Query(
                name: "20 of a past day",
                arguments: ["list", "--since", times.dayBeforeMiddle, "--until", times.middle]),
        ]
    }

    private static func trace(_ line: String) -> String? {
        guard let range = line.range(of: #""traceId":""#) else { return nil }
        return String(line[range.upperBound...].prefix { $0 != "\"" })
    }

    private struct Times {
        let middle: String
        let dayBeforeMiddle: String

        /// Chooses values for synthetic reports that arrive over 30 days.
        init(_ callbox: CallboxProgram, _ archive: URL) throws {
            let format = Date.ISO8601FormatStyle()
            let first = try callbox.statistics(archive).firstReceivedAt
            middle = first.addingTimeInterval(15 * 86_400).formatted(format)
            dayBeforeMiddle = first.addingTimeInterval(14 * 86_400).formatted(format)
        }
    }

    private func measureRates(_ reportCount: Int) async throws -> [(empty: LoadOutcome, large: LoadOutcome)] {
        let factory = DeliveryFactory(byteCount: 2048)
        var rates: [(empty: LoadOutcome, large: LoadOutcome)] = []
        for round in 1...bench.plan.rounds {
            bench.note(
                "round \(round) of \(bench.plan.rounds): acknowledgements, empty and with \(reportCount) reports")
            let empty = try await bench.withArchive { try await rate($0, factory) }
            rates.append((empty, try await rate(large, factory)))
        }
        return rates
    }

    private func rate(_ archive: URL, _ factory: DeliveryFactory) async throws -> LoadOutcome {
        let server = try bench.callbox.serve(archive)
        defer { server.stop() }
        _ = try await bench.load(server.port, factory, seconds: bench.plan.warmUpSeconds)
        let outcome = try await bench.load(server.port, factory)
        let probe = try ArchiveProbe(archive)
        defer { probe.close() }
        _ = try await probe.secondsUntilCaughtUp(limit: 300)
        return outcome
    }

    private func report(
        _ queries: [Query], _ rates: [(empty: LoadOutcome, large: LoadOutcome)], _ reportCount: Int
    ) -> PartReport {
        let small = bench.plan.smallReportCount
        let rateRatio = Spread(rates.map { $0.large.perSecond / $0.empty.perSecond })
        var rows = queries.map { query in
            [
                "`callbox list`, \(query.name), ms", Spread(query.small).text(1), Spread(query.large).text(1),
                Figure.text(Spread(query.large).median / Spread(query.small).median, 2),
            ]
        }
        rows.append([
            "acknowledged/s (first column: empty archive)", Spread(rates.map(\.empty.perSecond)).text(),
            Spread(rates.map(\.large.perSecond)).text(), rateRatio.text(2),
        ])
        rows.append([
            "p99 of the acknowledgement, ms (likewise)", Spread(rates.map { $0.empty.percentile(0.99) }).text(2),
            Spread(rates.map { $0.large.percentile(0.99) }).text(2), "",
        ])
        var verdicts = queries.flatMap { query in
            [
                Verdict(
                    "`list` \(query.name) at \(reportCount) reports: ≤ 40 ms", Spread(query.large), atMost: 40,
                    decimals: 1,
                    unit: " ms"),
                Verdict(
                    "… ratio to \(small) reports: ≤ 1.3",
                    Spread([Spread(query.large).median / Spread(query.small).median]), atMost: 1.3, decimals: 2),
            ]
        }
        verdicts.append(
            Verdict(
                "acknowledgements/s at \(reportCount) reports, ratio to an empty archive: ≥ 0.95", rateRatio,
                atLeast: 0.95,
                decimals: 2))
        return PartReport(
            title: "With many reports",
            explanation: """
                Synthetic reports of all providers, over 30 days. A query is a whole process, from start to end. \
                Queries alternate between both archives; their figures are medians of \(bench.plan.queryRuns) runs \
                (minimum to maximum). The rates are measured as in the first table. Alternating rounds: \
                \(bench.plan.rounds).
                """,
            table: PartReport.Table(
                columns: ["", "\(small) reports", "\(reportCount) reports", "ratio"], rows: rows), verdicts: verdicts)
    }
}
