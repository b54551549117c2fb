import Foundation

/// Measures how long queries lag behind acknowledgements, under a sustained load and after a burst.
struct LagPart {
    let bench: Workbench
    /// The durable deliveries per second at full speed. If nil, the part measures this rate first.
    var capacity: Double?

    private static let burstLimitSeconds = 15.0

    func run() async throws -> PartReport {
        let factory = DeliveryFactory(byteCount: 2048)
        let capacity: Double
        if let known = self.capacity { capacity = known } else { capacity = try await bench.capacity(factory) }
        let rate = (capacity / 4).rounded()
        bench.note("\(Int(bench.plan.lagSeconds)) s at \(Int(rate)) deliveries/s, watching the index")
        let (outcome, lags) = try await sustained(rate, factory)
        bench.note("a burst of \(bench.plan.burstCount) deliveries")
        let (burst, catchUp) = try await burst(factory)
        let sorted = lags.sorted()
        func lag(_ share: Double) -> Double { LoadOutcome.percentile(share, of: sorted) }
        let burstName = "burst of \(bench.plan.burstCount)"
        return PartReport(
            title: "Queries behind acknowledgements",
            explanation: """
                *Sustained* is a load of \(Figure.text(bench.plan.lagSeconds)) s with 2 KB deliveries at a quarter of \
                the capacity. Every 100 ms a reader measures the age of the oldest delivery that queries do not show \
                yet. *Burst* is a load at full speed, followed by the time until queries show every delivery.
                """,
            table: PartReport.Table(
                columns: [
                    "load", "deliveries/s", "failed", "lag p50 s", "lag p99 s", "longest s", "caught up after s",
                ],
                rows: [
                    [
                        "sustained", Figure.text(outcome.perSecond), "\(outcome.otherCount + outcome.brokenCount)",
                        Figure.text(lag(0.5), 3), Figure.text(lag(0.99), 3), Figure.text(sorted.last ?? .nan, 3), "",
                    ],
                    [
                        burstName, Figure.text(burst.perSecond), "\(burst.otherCount + burst.brokenCount)", "", "", "",
                        catchUp.map { Figure.text($0, 2) } ?? "over 300",
                    ],
                ]),
            verdicts: [
                Verdict(
                    "index lag under sustained load, p99: ≤ 1 s", Spread([lag(0.99)]), atMost: 1, decimals: 3,
                    unit: " s"),
                Verdict(
                    "caught up after a \(burstName): ≤ \(Int(Self.burstLimitSeconds)) s",
                    measured: catchUp.map { Figure.text($0, 2) + " s" } ?? "over 300 s",
                    isReached: (catchUp ?? .infinity) <= Self.burstLimitSeconds),
            ], remarks: ["\(lags.count) samples of the lag."])
    }

    private func sustained(_ rate: Double, _ factory: DeliveryFactory) async throws -> (LoadOutcome, [Double]) {
        try await bench.withArchive { archive in
            let server = try bench.callbox.serve(archive)
            defer { server.stop() }
            let load = LoadGenerator(
                port: server.port, connectionCount: bench.plan.connectionCount, pace: .perSecond(rate),
                extent: .seconds(bench.plan.lagSeconds), factory: factory)
            let watching = Task { try await Self.watch(archive) }
            defer { watching.cancel() }
            let outcome = try await load.run()
            watching.cancel()
            return (outcome, try await watching.value)
        }
    }

    /// Measures the lag every 100 ms until the task is cancelled. Returns the lags in seconds.
    private static func watch(_ archive: URL) async throws -> [Double] {
        let probe = try ArchiveProbe(archive)
        defer { probe.close() }
        var lags: [Double] = []
        while !Task.isCancelled {
            let oldest = try probe.oldestUnindexed()
            let now = Date.now.timeIntervalSince1970
            lags.append(oldest.map { max(0, now - Double($0) / 1000) } ?? 0)
            try? await Task.sleep(for: .milliseconds(100))
        }
        return lags
    }

    private func burst(_ factory: DeliveryFactory) async throws -> (LoadOutcome, Double?) {
        try await bench.withArchive { archive in
            let server = try bench.callbox.serve(archive)
            defer { server.stop() }
            let outcome = try await LoadGenerator(
                port: server.port, connectionCount: bench.plan.connectionCount,
                extent: .deliveries(bench.plan.burstCount), factory: factory
            ).run()
            let probe = try ArchiveProbe(archive)
            defer { probe.close() }
            return (outcome, try await probe.secondsUntilCaughtUp(limit: 300))
        }
    }
}
