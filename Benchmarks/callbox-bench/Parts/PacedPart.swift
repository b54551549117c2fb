/// Measures the latency of a 200 response below the machine's limit: at a quarter of the capacity, and with one
/// connection.
struct PacedPart {
    let bench: Workbench
    /// The durable deliveries per second at full speed. If nil, the part measures this rate first.
    var capacity: Double?

    private struct Round {
        let sync: Double
        let paced: LoadOutcome
        let alone: LoadOutcome
        /// The number of pages that the server wrote to the journal's write-ahead log during the paced load.
        let pageCount: Int

        var stallCount: Int { paced.latencies.count { $0 > 25 } }
        var pagesPerDelivery: Double { Double(pageCount) / Double(max(1, paced.acknowledgedCount)) }
    }

    func run() async throws -> PartReport {
        let factory = DeliveryFactory(byteCount: 2048)
        let capacity: Double
        if let known = self.capacity { capacity = known } else { capacity = try await bench.capacity(factory) }
        let rate = (capacity / 4).rounded()
        var rounds: [Round] = []
        for round in 1...bench.plan.rounds {
            bench.note("round \(round) of \(bench.plan.rounds): paced at \(Int(rate)) deliveries/s, and one connection")
            rounds.append(try await measure(rate, factory))
        }
        let sync = Spread(rounds.map(\.sync))
        return PartReport(
            title: "Latency below the limit",
            explanation: """
                *Paced* is an open loop at a quarter of the capacity (\(Int(rate)) of \(Int(capacity)) deliveries/s of \
                2 KB): deliveries are sent at fixed times, regardless of responses, and latency counts from the \
                scheduled time. *Alone* is one connection on an idle machine. *fdatasync* is the median of 1000 \
                appends of 4 KB to this disk, measured just before. Rounds of \(Figure.text(bench.plan.pacedSeconds)) \
                s: \(bench.plan.rounds). Figures are medians (minimum to maximum).
                """,
            table: table(rounds, rate), verdicts: verdicts(rounds),
            remarks: [
                "fdatasync of 4 KB: \(sync.text(3)) ms.",
                "Pages written to the journal's log per paced delivery: \(Spread(rounds.map(\.pagesPerDelivery)).text(2)).",
            ])
    }

    private func measure(_ rate: Double, _ factory: DeliveryFactory) async throws -> Round {
        try await bench.withArchive { archive in
            let server = try bench.callbox.serve(archive)
            defer { server.stop() }
            _ = try await bench.load(server.port, factory, seconds: bench.plan.warmUpSeconds)
            let probe = try ArchiveProbe(archive)
            defer { probe.close() }
            _ = try await probe.secondsUntilCaughtUp(limit: 60)
            let sync = try DiskSync.median(in: bench.folder)
            let alone = try await LoadGenerator(
                port: server.port, connectionCount: 1, extent: .seconds(min(5, bench.plan.pacedSeconds)),
                factory: factory
            ).run()
            _ = try await probe.secondsUntilCaughtUp(limit: 60)
            let log = try LogWatch(archive)
            let paced = try await LoadGenerator(
                port: server.port, connectionCount: bench.plan.connectionCount, pace: .perSecond(rate),
                extent: .seconds(bench.plan.pacedSeconds), factory: factory
            ).run()
            return Round(sync: sync, paced: paced, alone: alone, pageCount: log.stop())
        }
    }

    private func table(_ rounds: [Round], _ rate: Double) -> PartReport.Table {
        func row(_ name: String, _ outcome: (Round) -> LoadOutcome, _ stalls: String, _ late: String) -> [String] {
            func spread(_ share: Double) -> String { Spread(rounds.map { outcome($0).percentile(share) }).text(2) }
            return [
                name, Spread(rounds.map { outcome($0).perSecond }).text(), spread(0.5), spread(0.99),
                Spread(rounds.map { outcome($0).latencies.last ?? .nan }).text(1), stalls, late,
            ]
        }
        let stallCount = rounds.reduce(0) { $0 + $1.stallCount }
        let lateness = Spread(rounds.map { LoadOutcome.percentile(0.99, of: $0.paced.lateness) })
        return PartReport.Table(
            columns: ["load", "deliveries/s", "p50 ms", "p99 ms", "longest ms", "over 25 ms", "generator late p99 ms"],
            rows: [
                row("paced", \.paced, "\(stallCount)", lateness.text(2)),
                row("alone", \.alone, "\(rounds.reduce(0) { $0 + $1.alone.latencies.count { $0 > 25 } })", ""),
            ])
    }

    private func verdicts(_ rounds: [Round]) -> [Verdict] {
        let stallCount = rounds.reduce(0) { $0 + $1.stallCount }
        let longest = Spread(rounds.map { $0.paced.latencies.last ?? .nan })
        let bound = Spread(rounds.map { 10 * $0.sync + 1 })
        let aloneBound = Spread(rounds.map { 1.5 * $0.sync + 0.2 })
        let failures = rounds.reduce(0) { $0 + $1.paced.otherCount + $1.paced.brokenCount }
        return [
            Verdict(
                "paced, p99 of the acknowledgement: ≤ 10 × fdatasync + 1 ms = \(Figure.text(bound.median, 2)) ms",
                Spread(rounds.map { $0.paced.percentile(0.99) }), atMost: bound.median, decimals: 2, unit: " ms"),
            Verdict(
                "paced, longest: ≤ 25 ms",
                measured: "longest \(longest.text(1)) ms, \(stallCount) over 25 ms, \(failures) without a 200",
                isReached: stallCount == 0 && failures == 0),
            Verdict(
                "paced, journal pages written per delivery: ≤ 2", Spread(rounds.map(\.pagesPerDelivery)), atMost: 2,
                decimals: 2),
            Verdict(
                "one connection, p50: ≤ 1.5 × fdatasync + 0.2 ms = \(Figure.text(aloneBound.median, 2)) ms",
                Spread(rounds.map { $0.alone.percentile(0.5) }), atMost: aloneBound.median, decimals: 2, unit: " ms"),
        ]
    }
}
