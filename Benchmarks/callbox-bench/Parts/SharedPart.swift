import Foundation
import Journal

/// Compares two receivers on the same disk: one uses a shared journal in PostgreSQL, and one has its own archive. Also
/// measures the speed of a follower.
struct SharedPart {
    private static let connectionCounts = [1, 16, 128]
    private static let entryTarget = 10_000.0
    /// The maximum time for copying the shared journal, and for indexing the copy, in seconds.
    private static let copyLimit = 120.0

    private struct NotCopied: Error, CustomStringConvertible {
        let description = "the receiver did not copy and index the shared journal in time"
    }

    let bench: Workbench
    private let factory = DeliveryFactory(byteCount: 2048)

    private struct Row {
        var own: [Measurement] = []
        var shared: [Measurement] = []
        var ratio: Spread { Spread(zip(shared, own).map { $0.perSecond / $1.perSecond }) }
    }

    /// The shared journal of one round.
    private struct SharedJournal {
        let database: PostgresDatabase
        let postgres: ServerProcess
        let name: String

        var url: String { database.url(postgres, database: name) }
        var arguments: [String] { ["--journal", url] }

        /// The number of entries to which the leader has assigned a position.
        func entryCount() throws -> Int {
            let text = try database.query(
                "SELECT coalesce(sum(count), 0) FROM callbox.run", on: postgres, database: name)
            return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        }
    }

    init(bench: Workbench) {
        self.bench = bench
    }

    func run() async throws -> PartReport {
        let database = try PostgresDatabase(bench)
        let server = try database.start()
        defer { server.stop(signal: SIGINT) }
        var rows = Self.connectionCounts.map { _ in Row() }
        var followed: [Double] = []
        var beside: [Double] = []
        for round in 1...bench.plan.rounds {
            let name = "journal\(round)"
            try database.query("CREATE DATABASE \(name)", on: server)
            let journal = SharedJournal(database: database, postgres: server, name: name)
            try Tool.check(bench.callbox.executable, ["journal", "init", journal.url], folder: bench.folder)
            for (index, count) in Self.connectionCounts.enumerated() {
                bench.note("round \(round) of \(bench.plan.rounds): \(count) connections")
                rows[index].own.append(try await measure(count, nil))
                rows[index].shared.append(try await measure(count, journal))
            }
            bench.note("round \(round): a follower")
            followed.append(try await follow(journal.url, try journal.entryCount()))
            bench.note("round \(round): a dump")
            beside.append(try await besideDump(journal))
        }
        return report(rows, Spread(followed), Spread(beside), database.version)
    }

    /// Measures a receiver with a new archive.
    ///
    /// - Parameter journal: the shared journal; nil for a receiver with its own journal.
    private func measure(_ connectionCount: Int, _ journal: SharedJournal?) async throws -> Measurement {
        try await bench.withArchive { archive in
            let server = try bench.callbox.serve(archive, arguments: journal?.arguments ?? [])
            defer { server.stop() }
            if let journal { try await waitForCopy(of: journal, in: archive) }
            _ = try await load(server, connectionCount, bench.plan.warmUpSeconds)
            return Measurement(try await load(server, connectionCount, bench.plan.seconds), peakMebibytes: nil)
        }
    }

    /// Waits until a new archive has all entries of the shared journal and has indexed them. A receiver copies and
    /// indexes them once, on the same cores as the load.
    private func waitForCopy(of journal: SharedJournal, in archive: URL) async throws {
        let count = try journal.entryCount()
        let start = Clock.now
        while try (try? JournalReader(ArchiveDirectory(path: archive.path()).journal)).map(Self.end) ?? 0 < count {
            guard Clock.seconds(since: start) < Self.copyLimit else { throw NotCopied() }
            try await Task.sleep(for: .milliseconds(50))
        }
        let probe = try ArchiveProbe(archive)
        defer { probe.close() }
        guard try await probe.secondsUntilCaughtUp(limit: Self.copyLimit) != nil else { throw NotCopied() }
    }

    private static func end(_ reader: JournalReader) throws -> Int {
        defer { reader.close() }
        return Int(try reader.end()?.position ?? 0)
    }

    private func load(_ server: ServerProcess, _ connectionCount: Int, _ seconds: Double) async throws -> LoadOutcome {
        try await LoadGenerator(
            port: server.port, connectionCount: connectionCount, extent: .seconds(seconds), factory: factory
        ).run()
    }

    /// Returns the number of entries per second that a query node copies into an empty archive.
    private func follow(_ url: String, _ count: Int) async throws -> Double {
        try await bench.withArchive { archive in
            let process = Process()
            process.executableURL = bench.callbox.executable
            process.arguments = ["follow", "--from", url, "--archive", archive.path()]
            process.standardError = FileHandle.nullDevice
            process.currentDirectoryURL = bench.folder
            process.standardOutput = FileHandle.nullDevice
            let start = Clock.now
            try ChildProcesses.start(process)
            defer { ChildProcesses.end(process) }
            let journal = ArchiveDirectory(path: archive.path()).journal
            while Clock.seconds(since: start) < 120 {
                if let reader = try? JournalReader(journal), let end = try? reader.end(), end.position >= count {
                    reader.close()
                    return Double(count) / Clock.seconds(since: start)
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            return .nan
        }
    }

    /// Returns the rate while pg_dump runs, divided by the rate without pg_dump.
    private func besideDump(_ journal: SharedJournal) async throws -> Double {
        try await bench.withArchive { archive in
            let server = try bench.callbox.serve(archive, arguments: journal.arguments)
            defer { server.stop() }
            try await waitForCopy(of: journal, in: archive)
            _ = try await load(server, 64, bench.plan.warmUpSeconds)
            let alone = try await load(server, 64, bench.plan.seconds)
            let dump = Process()
            // The pipe slows the dump down. The dump should last as long as the load, and should not compete with it
            // for cores.
            dump.executableURL = URL(filePath: "/bin/sh")
            dump.arguments = [
                "-c",
                "\(journal.database.programs.appending(path: "pg_dump").path()) "
                    + journal.database.access(journal.postgres).joined(separator: " ")
                    + " \(journal.name) | while head -c 1000000 | grep -c . >/dev/null; do sleep 0.1; done",
            ]
            dump.standardOutput = FileHandle.nullDevice
            try ChildProcesses.start(dump)
            defer {
                // Foundation considers a process running while one of its child processes is running.
                kill(-dump.processIdentifier, SIGTERM)
                ChildProcesses.end(dump)
            }
            return try await load(server, 64, bench.plan.seconds).perSecond / alone.perSecond
        }
    }

    private func report(_ rows: [Row], _ followed: Spread, _ beside: Spread, _ version: String) -> PartReport {
        var table: [[String]] = []
        for (count, row) in zip(Self.connectionCounts, rows) {
            for (name, measurements) in [("own archive", row.own), ("shared journal", row.shared)] {
                table.append([
                    "\(count)", name, Spread(measurements.map(\.perSecond)).text(),
                    name == "shared journal" ? row.ratio.text(2) : "", Spread(measurements.map(\.median)).text(2),
                    Spread(measurements.map(\.percentile99)).text(2),
                    "\(measurements.reduce(0) { $0 + $1.failureCount })",
                ])
            }
        }
        let most = rows.last?.ratio ?? Spread([])
        return PartReport(
            title: "A shared journal",
            explanation: """
                One receiver gets signed Klavi reports of 2 KB, at level `disk` with two lanes. A batch has at most \
                one delivery per keep-alive connection. PostgreSQL, the receiver's copy, its index and the load \
                generator share the cores and the disk. *follower* is the rate of `callbox follow` into an empty \
                archive, including its start. Before each load, a receiver with a shared journal has copied and \
                indexed the entries of the earlier loads. *dump* is the rate with 64 connections beside a pg_dump that lasts as \
                long as the load, divided by the rate without pg_dump.
                """,
            table: PartReport.Table(
                columns: ["connections", "journal", "deliveries/s", "ratio to own", "p50 ms", "p99 ms", "failed"],
                rows: table),
            verdicts: [
                Verdict("128 connections, ratio to a receiver's own archive: ≥ 0.6", most, atLeast: 0.6, decimals: 2),
                Verdict(
                    "follower: ≥ 10,000 entries/s", followed, atLeast: Self.entryTarget, decimals: 0, unit: " entries/s"
                ),
                Verdict("beside a dump, ratio to no dump: ≥ 0.9", beside, atLeast: 0.9, decimals: 2),
            ], remarks: [version + "."])
    }
}
