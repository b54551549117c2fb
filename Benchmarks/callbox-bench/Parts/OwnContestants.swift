/// Callbox's listener without an application. The listener reads each body and drops it.
struct BareContestant: Contestant {
    let name = "bare"
    let bodyText: String
    let factory: DeliveryFactory

    func measure(_ bench: Workbench) async throws -> Measurement {
        let server = try ServerProcess(bench.bench, ["bare"], folder: bench.folder)
        defer { server.stop() }
        _ = try await bench.load(server.port, factory, seconds: bench.plan.warmUpSeconds)
        let outcome = try await bench.load(server.port, factory)
        return Measurement(outcome, peakMebibytes: server.peakMebibytes)
    }
}

/// Callbox as a receiver. Callbox verifies and compresses a delivery, commits it with an fsync, and acknowledges it.
/// Indexing runs at the same time.
struct CallboxContestant: Contestant {
    let name = "callbox"
    let bodyText: String
    let factory: DeliveryFactory

    func measure(_ bench: Workbench) async throws -> Measurement {
        try await bench.withArchive { archive in
            let server = try bench.callbox.serve(archive)
            var isRunning = true
            defer { if isRunning { server.stop() } }
            let warmUp = try await bench.load(server.port, factory, seconds: bench.plan.warmUpSeconds)
            let outcome = try await bench.load(server.port, factory)
            var measurement = Measurement(outcome, peakMebibytes: nil)
            let probe = try ArchiveProbe(archive)
            measurement.catchUpSeconds = try await probe.secondsUntilCaughtUp(limit: 120)
            probe.close()
            measurement.peakMebibytes = server.peakMebibytes
            server.stop()
            isRunning = false
            let statistics = try bench.callbox.statistics(archive)
            let acknowledged = warmUp.acknowledgedCount + outcome.acknowledgedCount
            if statistics.deliveries != acknowledged || statistics.reports != acknowledged {
                measurement.mismatch =
                    "\(acknowledged) acknowledged, \(statistics.deliveries) archived, \(statistics.reports) listed"
            }
            return measurement
        }
    }
}
