/// Measures durable deliveries per second at full speed. Compares Callbox with its listener alone and with other
/// products.
struct DeliveriesPart {
    struct Lineup {
        var own = true
        var larger = true
        var peers = true
    }

    private struct Row {
        let contestant: any Contestant
        var measurements: [Measurement] = []

        func spread(_ value: (Measurement) -> Double) -> Spread { Spread(measurements.map(value)) }
    }

    let bench: Workbench
    private var rows: [Row] = []
    private var remarks: [String] = []
    private var missing: [String: String] = [:]
    private var versions: [String] = []

    init(_ bench: Workbench, _ lineup: Lineup) {
        self.bench = bench
        let small = DeliveryFactory(byteCount: 2048)
        var contestants: [any Contestant] = []
        if lineup.own { contestants.append(BareContestant(bodyText: "2 KB", factory: small)) }
        contestants.append(CallboxContestant(bodyText: "2 KB", factory: small))
        if lineup.peers { contestants += peers(small) }
        if lineup.larger {
            for size in [16, 64] {
                let factory = DeliveryFactory(byteCount: size * 1024)
                contestants.append(BareContestant(bodyText: "\(size) KB", factory: factory))
                contestants.append(CallboxContestant(bodyText: "\(size) KB", factory: factory))
            }
        }
        rows = contestants.map { Row(contestant: $0) }
        remarks.append("Bodies of \"2 KB\" are \(small.meanBodyByteCount) bytes on average.")
        if !versions.isEmpty { remarks.append("Peers: " + versions.joined(separator: ", ") + ".") }
    }

    private mutating func peers(_ factory: DeliveryFactory) -> [any Contestant] {
        var found: [any Contestant] = []
        do {
            let python = try PythonPeers(bench)
            found.append(FastAPIContestant(bodyText: "2 KB", factory: factory, peers: python))
            found.append(
                MitmdumpContestant(
                    bodyText: "2 KB", factory: DeliveryFactory(byteCount: 2048, form: .absolute), peers: python))
            versions += ["fastapi", "uvicorn", "mitmproxy"].map(python.version)
        } catch {
            for name in ["FastAPI", "mitmdump"] { skip(name, error) }
        }
        do {
            let postgres = try PostgresContestant(bench)
            found.append(postgres)
            versions.append(postgres.version)
        } catch {
            skip("PostgreSQL", error)
        }
        return found
    }

    private mutating func skip(_ name: String, _ error: any Error) {
        bench.note("\(name) is left out: \(error)")
        missing[name] = "\(error)"
    }

    /// Runs one round of each receiver in turn, so a slow phase of the machine affects all receivers.
    mutating func run() async -> PartReport {
        for round in 1...bench.plan.rounds {
            for index in rows.indices {
                let contestant = rows[index].contestant
                bench.note("round \(round) of \(bench.plan.rounds): \(contestant.name), \(contestant.bodyText)")
                do {
                    rows[index].measurements.append(try await contestant.measure(bench))
                } catch {
                    remarks.append("\(contestant.name), \(contestant.bodyText), round \(round): \(error)")
                }
            }
        }
        return PartReport(
            title: "Deliveries at full speed",
            explanation: """
                \(bench.plan.connectionCount) keep-alive connections send signed Klavi reports, all different. Each \
                connection sends its next delivery after the response to the previous one. A measurement takes \
                \(Figure.text(bench.plan.seconds, 1)) s after a warm-up. Alternating rounds: \(bench.plan.rounds). \
                Figures are medians (minimum to maximum); ratios are calculated within a round. *bare* is the same \
                listener, which reads a body and drops it. *caught up* is the time from the end of the load until \
                queries show every delivery. A row is wrong unless the numbers of archived deliveries, listed \
                deliveries and 200 responses are equal. The peers get the same load, except PostgreSQL: pgbench with \
                32 clients inserts one row of 1 KB per transaction.
                """,
            table: table, verdicts: verdicts, remarks: remarks + generatorRemark + wrongRows)
    }

    /// The median rate of Callbox with bodies of 2 KB. Nil if the rate was not measured.
    var capacity: Double? {
        guard let rate = row("callbox", "2 KB")?.spread(\.perSecond).median, rate.isFinite else { return nil }
        return rate
    }

    private var table: PartReport.Table {
        let rows = rows.map { row in
            let contestant = row.contestant
            let hasBare = contestant.name == "callbox" && self.row("bare", contestant.bodyText) != nil
            let bare = hasBare ? ratio("callbox", to: "bare", contestant.bodyText).text(2) : ""
            return [
                contestant.name, contestant.bodyText, row.spread(\.perSecond).text(), bare,
                row.spread(\.median).text(2), row.spread(\.percentile99).text(2),
                row.measurements.compactMap(\.catchUpSeconds).isEmpty
                    ? "" : row.spread { $0.catchUpSeconds ?? .nan }.text(2),
                "\(row.measurements.reduce(0) { $0 + $1.failureCount })",
                row.measurements.compactMap(\.peakMebibytes).max().map { "\($0)" } ?? "-",
            ]
        }
        let columns = [
            "receiver", "body", "deliveries/s", "ratio to bare", "p50 ms", "p99 ms", "caught up s", "failed",
            "peak MiB",
        ]
        let absent = missing.sorted { $0.key < $1.key }.map { name, reason in
            [name, "", "left out: \(reason)"] + columns.dropFirst(3).map { _ in "" }
        }
        return PartReport.Table(columns: columns, rows: rows + absent)
    }

    private var generatorRemark: [String] {
        guard let bare = row("bare", "2 KB"), !bare.measurements.isEmpty else { return [] }
        let cost = bare.spread { $0.generatorMicroseconds ?? .nan }
        return [
            "The load generator takes \(cost.text(1)) µs of one core for a delivery of 2 KB, including the signature."
        ]
    }

    private var wrongRows: [String] {
        rows.flatMap { row in
            row.measurements.compactMap(\.mismatch).map {
                "**Wrong: \(row.contestant.name), \(row.contestant.bodyText)**: \($0)"
            }
        }
    }

    private func row(_ name: String, _ body: String) -> Row? {
        rows.first { $0.contestant.name.hasPrefix(name) && $0.contestant.bodyText == body }
    }

    /// Returns the ratio of the rates of two receivers for each round.
    private func ratio(_ name: String, to other: String, _ body: String, otherBody: String? = nil) -> Spread {
        guard let first = row(name, body), let second = row(other, otherBody ?? body) else { return Spread([]) }
        return Spread(zip(first.measurements, second.measurements).map { $0.perSecond / $1.perSecond })
    }

    private var verdicts: [Verdict] {
        var verdicts: [Verdict] = []
        if row("bare", "2 KB") != nil {
            verdicts.append(
                Verdict(
                    "2 KB, ratio to the bare listener: ≥ 0.30 (goal 0.36)", ratio("callbox", to: "bare", "2 KB"),
                    atLeast: 0.30,
                    decimals: 2))
        }
        for (body, least) in [("16 KB", 0.16), ("64 KB", 0.14)] where row("bare", body) != nil {
            verdicts.append(
                Verdict(
                    "\(body), ratio to the bare listener: ≥ \(least)", ratio("callbox", to: "bare", body),
                    atLeast: least,
                    decimals: 2))
        }
        if let own = row("callbox", "2 KB") {
            verdicts += [
                Verdict("2 KB, p99 / p50: ≤ 4", own.spread { $0.percentile99 / $0.median }, atMost: 4, decimals: 1),
                Verdict(
                    "2 KB, peak memory: ≤ 120 MB", own.spread { Double($0.peakMebibytes ?? -1) * 1.048576 },
                    atMost: 120,
                    decimals: 0, unit: " MB"),
            ]
        }
        verdicts += peerVerdicts
        let own = rows.filter { $0.contestant.name == "callbox" }
        let isExact = own.allSatisfy { $0.measurements.allSatisfy { $0.mismatch == nil } }
        verdicts.append(
            Verdict(
                "archived and listed deliveries: as many as 200 responses",
                measured: isExact ? "equal in every row" : "see the rows marked wrong",
                isReached: own.contains { !$0.measurements.isEmpty } ? isExact : nil))
        return verdicts
    }

    private var peerVerdicts: [Verdict] {
        let targets: [(name: String, title: String, least: Double, body: String)] = [
            ("FastAPI", "2 KB, ratio to FastAPI + uvicorn + sqlite3: ≥ 10", 10, "2 KB"),
            ("mitmdump", "2 KB, ratio to mitmdump writing flows: ≥ 20", 20, "2 KB"),
            ("PostgreSQL", "2 KB, ratio to PostgreSQL's single-row inserts of 1 KB: ≥ 1.2", 1.2, "1 KB row"),
        ]
        return targets.compactMap { target in
            if let reason = missing[target.name] {
                return Verdict(target.title, measured: reason, isReached: nil)
            }
            guard row(target.name, target.body) != nil else { return nil }
            return Verdict(
                target.title, ratio("callbox", to: target.name, "2 KB", otherBody: target.body), atLeast: target.least,
                decimals: 1)
        }
    }
}
