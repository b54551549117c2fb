import ArgumentParser

/// The options that all parts of the suite have.
struct PartOptions: ParsableArguments {
    @Flag(help: "Run each measurement once and briefly. The figures are not reliable.")
    var quick = false

    @Option(help: "Number of rounds.")
    var rounds: Int?

    @Option(help: "Seconds of load per measurement.")
    var seconds: Double?

    @Option(help: ArgumentHelp("Folder for archives, on the disk to measure.", valueName: "folder"))
    var folder = ".build/bench"

    @Option(help: ArgumentHelp("Number of reports in the large archive.", valueName: "count"))
    var reports: Int?

    func validate() throws {
        guard rounds.map({ (1...9).contains($0) }) ?? true, seconds.map({ $0 >= 0.2 && $0 <= 60 }) ?? true,
            reports.map({ (1000...10_000_000).contains($0) }) ?? true
        else {
            throw ValidationError("--rounds must be 1 to 9, --seconds 0.2 to 60, and --reports 1000 to 10000000")
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
        help: ArgumentHelp("Archive that synthesize wrote. The run adds deliveries to it.", valueName: "directory"))
    var archive: String?
}
