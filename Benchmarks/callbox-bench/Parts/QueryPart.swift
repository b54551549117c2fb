import Foundation

/// Measures queries on a million reports. Some queries use an index. Other queries scan all bodies, and their duration
/// is compared with the decompression of all bodies by zlib alone.
struct QueryPart {
    let bench: Workbench
    let archive: URL

    private struct Query {
        let name: String
        let arguments: [String]
        /// The documented limit in milliseconds.
        let limit: Double
        var times: [Double] = []
    }

    private struct Scan {
        let name: String
        let arguments: [String]
        var seconds: [Double] = []
        var peaks: [Double] = []
    }

    func run() async throws -> PartReport {
        let reportCount = try bench.callbox.statistics(archive).reports
        bench.note("querying \(reportCount) reports")
        var queries = try queries()
        for round in 0...bench.plan.queryRuns {
            for index in queries.indices {
                let milliseconds = try bench.callbox.run(queries[index].arguments, on: archive).seconds * 1000
                // The first run warms the page cache and does not count.
                if round > 0 { queries[index].times.append(milliseconds) }
            }
        }
        let inflation = try InflationProbe(archive)
        var scans = [
            Scan(name: "`--text`, text that does not occur", arguments: ["list", "--text", "no such text anywhere"]),
            Scan(
                name: "`--json-path`, a value",
                arguments: ["list", "--json-path", "$.checkingAccounts[0].civilName=Nobody"]),
            Scan(name: "`--json-path`, a comparison", arguments: ["list", "--json-path", "$.noSuchName>5"]),
        ]
        var alone: [Double] = []
        for round in 1...bench.plan.rounds {
            bench.note("round \(round) of \(bench.plan.rounds): scanning every body")
            alone.append(try inflation.seconds())
            for index in scans.indices {
                let run = try bench.callbox.watched(scans[index].arguments, on: archive)
                scans[index].seconds.append(run.seconds)
                scans[index].peaks.append(run.peakMebibytes)
            }
        }
        return report(queries, scans, alone, inflation.bodyCount, reportCount)
    }

    private func queries() throws -> [Query] {
        let newest = try bench.callbox.run(
            ["list", "--type", "pf_checking_account", "--limit", "1", "--json", "externalInfo"], on: archive
        ).output
        guard let range = newest.range(of: #""traceId":""#) else {
            throw Tool.Failed(description: "no report with a traceId")
        }
        let trace = String(newest[range.upperBound...].prefix { $0 != "\"" })
        return [
            Query(name: "`list`", arguments: ["list"], limit: 40),
            Query(name: "`list --type`", arguments: ["list", "--type", "pf_credit_card"], limit: 40),
            Query(
                name: "`list --external traceId=…`", arguments: ["list", "--external", "traceId=\(trace)"], limit: 40),
            Query(name: "`list --external 'score>=0.9'`", arguments: ["list", "--external", "score>=0.9"], limit: 40),
            Query(
                name: "`timeline --external traceId=…`", arguments: ["timeline", "--external", "traceId=\(trace)"],
                limit: 40),
            Query(name: "`show latest`", arguments: ["show", "latest"], limit: 40),
            Query(name: "`search silva`, 20 of many", arguments: ["search", "silva"], limit: 300),
        ]
    }

    private func report(
        _ queries: [Query], _ scans: [Scan], _ alone: [Double], _ bodyCount: Int, _ reportCount: Int
    ) -> PartReport {
        let rates = Spread(alone.map { Double(bodyCount) / $0 })
        var rows = queries.map { ["\($0.name), ms", Spread($0.times).text(1), "", ""] }
        rows.append(["zlib alone on every core, \(bodyCount) bodies, s", Spread(alone).text(1), rates.text(), ""])
        rows += scans.map { scan in
            [
                "scan: \(scan.name), s", Spread(scan.seconds).text(1),
                Spread(scan.seconds.map { Double(bodyCount) / $0 }).text(), Spread(scan.peaks).text(),
            ]
        }
        var verdicts = queries.map {
            Verdict(
                "\($0.name) at \(reportCount) reports: ≤ \(Int($0.limit)) ms", Spread($0.times), atMost: $0.limit,
                decimals: 1, unit: " ms")
        }
        for scan in scans {
            let ratios = zip(scan.seconds, alone).map { $0 / $1 }
            verdicts.append(
                Verdict(
                    "scan, \(scan.name), ratio to zlib alone: ≤ 2", Spread(ratios), atMost: 2, decimals: 2
                ))
        }
        verdicts.append(
            Verdict("memory of a scan: ≤ 150 MB", Spread(scans.flatMap(\.peaks)), atMost: 150, decimals: 0, unit: " MB")
        )
        return PartReport(
            title: "Queries on many reports",
            explanation: """
                A query or scan is a whole process, from start to end. Queries are medians of \(bench.plan.queryRuns) \
                runs (minimum to maximum). Scans are medians of \(bench.plan.rounds) rounds, which alternate with \
                rounds of zlib alone. *zlib alone* only decompresses the same stored bodies with their dictionaries on \
                every core; the bodies are already in memory.
                """,
            table: PartReport.Table(columns: ["", "time", "bodies/s", "peak MB"], rows: rows), verdicts: verdicts)
    }
}
