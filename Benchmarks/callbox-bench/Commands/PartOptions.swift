import ArgumentParser

/// The options that all parts of the suite have.
struct PartOptions: ParsableArguments {
    @Flag(help: "A smoke run: everything once and briefly. Its figures mean little.")
    var quick = false

    @Option(help: "Rounds.")
    var rounds: Int?

    @Option(help: "Seconds of load a measurement.")
    var seconds: Double?

    @Option(help: ArgumentHelp("Where archives are written: on the disk to be measured.", valueName: "folder"))
    var folder = ".build/bench"

    @Option(help: ArgumentHelp("Reports of the large archive.", valueName: "count"))
    var reports: Int?

    func validate() throws {
        guard rounds.map({ (1...9).contains($0) }) ?? true, seconds.map({ $0 >= 0.2 && $0 <= 60 }) ?? true,
            reports.map({ (1000...10_000_000).contains($0) }) ?? true
        else {
            throw ValidationError("1 to 9 rounds, 0.2 to 60 seconds, 1000 to 10000000 reports")
        }
    }

    func workbench() throws -> Workbench {
        var plan = quick ? Plan.quick : Plan()
        if let rounds { plan.rounds = rounds }
        if let seconds { plan.seconds = seconds }
        if let reports { plan.largeReportCount = reports }
        return try Workbench(plan: plan, folder: folder)
    }

    /// Runs one part and prints its results.
    func report(_ part: (Workbench) async throws -> PartReport) async throws {
        let bench = try workbench()
        defer { bench.removeFolder() }
        print(try await part(bench).alone)
    }
}

/// The options for the archive with many reports: an existing archive, or one that the run creates.
struct LargeArchiveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("An archive with many reports, as synthesize writes it; it grows.", valueName: "directory"))
    var archive: String?
}
