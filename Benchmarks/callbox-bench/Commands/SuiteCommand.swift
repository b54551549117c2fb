import ArgumentParser
import Foundation

/// Runs all parts on one machine and writes the result page.
struct SuiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Run all parts and write the results page.",
        discussion: """
            The load generator shares the machine's cores with the server it measures, so the figures are ratios between rows
            of one run. A whole run takes about half an hour; --quick takes about two minutes.
            """)
    @OptionGroup var options: PartOptions

    @Option(help: ArgumentHelp("File for the page; - only prints the page.", valueName: "file"))
    var output = "Benchmarks/RESULTS.md"

    func run() async throws {
        let bench = try options.workbench()
        defer { bench.removeFolder() }
        var page = ResultPage(bench: bench, sync: try DiskSync.measure(in: bench.folder))
        var deliveries = DeliveriesPart(bench, .init())
        page.add(await deliveries.run())
        let capacity = deliveries.capacity
        await page.add("Latency below the limit") { try await PacedPart(bench: bench, capacity: capacity).run() }
        await page.add("On a slower disk") { try await SlowDiskPart(bench: bench).run() }
        await page.add("Queries behind acknowledgements") { try await LagPart(bench: bench, capacity: capacity).run() }
        await page.add("Hostile clients and overload") { try await HostilePart(bench: bench).run() }
        await page.add("Restarts under load") { try await HandOverPart(bench: bench).run() }
        await page.add("A shared journal") { try await SharedPart(bench: bench).run() }
        await page.add("Replay and forwarding") { try await ReplayPart(bench: bench).run() }
        await page.add("Size") { try await SizePart(bench: bench).run() }
        do {
            try await bench.withLargeArchive(nil) { archive in
                await page.add("With many reports") { try await ScalePart(bench: bench, large: archive).run() }
                await page.add("Queries on many reports") {
                    try await QueryPart(bench: bench, archive: archive).run()
                }
                await page.add("After a kill") { try await RestartPart(bench: bench, large: archive).run() }
            }
        } catch {
            page.noteFailure("With many reports, Queries on many reports, After a kill", error)
        }
        print(page.text)
        if output != "-" { try page.text.write(toFile: output, atomically: true, encoding: .utf8) }
    }
}
