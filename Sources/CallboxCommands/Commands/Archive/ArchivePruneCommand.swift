internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension ArchiveCommand {
    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prune",
            abstract: "Take away what retention says is old enough, or the bodies of what matches.",
            usage: "callbox archive prune [<filters>] (--dry-run | --yes) [<options>]",
            discussion: """
                'keep' and 'keep-metadata' in the configuration say how long bodies and deliveries are kept, for each source, \
                its routes and states; without them everything is kept forever. When a body goes, the delivery and what it said \
                stay, with the reason. When a delivery goes, a gap with the chain stays. Legal holds ('callbox archive hold') \
                keep what they cover. A server prunes once an hour; settings that delete more than those before wait for a day, \
                unless --yes confirms them here.

                With filters it takes the bodies of exactly what matches, of each arrival, whatever retention says: the \
                whole body, also where one of several reports in it matches. --reason is kept with each.

                EXAMPLES
                  callbox archive prune --dry-run
                  callbox archive prune --dry-run --format ndjson | jq .id
                  callbox archive prune --yes
                  callbox archive prune --source klavi --until 180d --dry-run
                  callbox archive prune --external customer=c-9 --reason erasure --yes
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup(title: "Filters") var filters: FilterOptions
        @OptionGroup var formats: FormatOptions

        @Option(help: ArgumentHelp("Why, with filters; it is kept in the archive.", valueName: "text"))
        var reason: String?

        @Flag(help: "Show exactly what would go, and take nothing.")
        var dryRun = false

        @Flag(name: .shortAndLong, help: "Take it away.")
        var yes = false

        func validate() throws {
            guard dryRun != yes else {
                throw ValidationError("Give --dry-run to see what would go, or --yes to take it away.")
            }
            guard reason.map({ !$0.allSatisfy(\.isWhitespace) && $0.utf8.count <= 1000 }) ?? true else {
                throw ValidationError("--reason takes a text of up to 1000 bytes.")
            }
        }

        func run() async throws {
            let console = options.console
            let configuration = try options.load()
            var filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
            guard filter.isUnconditional else {
                filter.listsAttempts = true
                let access = ArchiveAccess(configuration, console: console)
                // Without a server this indexes everything first: what is not indexed does not match.
                if yes { try await access.writing { _ in } }
                return try await pruneBodies(matching: filter, access, console)
            }
            guard reason == nil else {
                throw CommandFailure(
                    .usage, "--reason goes with filters", advice: "Retention gives its own reasons.")
            }
            guard !configuration.retention.isEmpty else {
                throw CommandFailure(
                    .configuration, "no source says how long it is kept, so everything is kept for ever",
                    advice: "Write 'keep: 180d' or 'keep-metadata: 5y' under a source.")
            }
            let access = ArchiveAccess(configuration, console: console)
            let reader = try await access.reader()
            if dryRun { return try preview(reader, configuration.retention, console) }
            let job = MaintenanceJob.prune(settings: configuration.retention.settings)
            guard case .pruned(let total) = try await access.run(job) else { return }
            try console.print(
                "\(HumanText.count(total.bodyCount, "body", "bodies")) and "
                    + "\(HumanText.count(total.deliveryCount, "whole delivery", "whole deliveries")) pruned, "
                    + "\(HumanText.byteCount(total.byteCount)) of stored bodies")
        }

        /// One line each as they are found, but for a table, which has to see them all first.
        private func preview(_ reader: ArchiveReader, _ retention: Retention, _ console: Console) throws {
            let now = SystemClock.now()
            var view = PruningView(formats.resolved(for: console), console)
            var last: DeliveryID?
            repeat {
                let slice = try translating {
                    try reader.pruning(by: EffectiveRetention([retention]), after: last, now: now)
                }
                for decision in slice.decisions { try view.add(decision) }
                last = slice.last
                if let last { console.progress("looked up to delivery \(last)") }
            } while last != nil
            console.progress("")
            try view.finish()
        }
    }
}
