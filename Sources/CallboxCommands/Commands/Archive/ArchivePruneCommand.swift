internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Journal
internal import Presentation
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension ArchiveCommand {
    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prune",
            abstract: "Remove expired data, or the bodies of matching deliveries.",
            usage: "callbox archive prune (--dry-run | --yes) [<filters>] [<options>]",
            discussion: """
                'keep' and 'keep-metadata' in the configuration limit how long bodies and deliveries are kept. If \
                a body is pruned, its delivery and a summary remain. If a delivery is pruned, the chain has a gap. \
                Held deliveries ('callbox hold') are never pruned. A server prunes every hour. A shortened limit takes \
                effect a day later, or at once with --yes.

                With filters, the whole body of every matching delivery is removed, regardless of retention. Values are \
                compared byte by byte, as with --exact; use 'callbox list' to find other spellings.

                EXAMPLES
                  callbox archive prune --dry-run
                  callbox archive prune --yes
                  callbox archive prune --external customer=c-9 --reason erasure --yes
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup(title: "Filters") var filters: FilterOptions
        @OptionGroup var formats: FormatOptions

        @Option(help: ArgumentHelp("Reason for pruning by filters; stored with each delivery.", valueName: "text"))
        var reason: String?

        @Flag(help: "List what would be removed.")
        var dryRun = false

        @Flag(name: .shortAndLong, help: "Confirm the removal.")
        var yes = false

        /// The number of deliveries per request. The writer needs a few milliseconds for one request.
        private static let sliceCount = 512

        func validate() throws {
            guard dryRun != yes else {
                throw ValidationError("use --dry-run to list the bodies, or --yes to remove them")
            }
            try OptionCheck.reason(reason)
        }

        func run() async throws {
            let console = options.console
            let configuration = try options.load()
            let access = ArchiveAccess(configuration, console: console)
            var exact = filters
            exact.exact = true
            var filter = try exact.filter(now: SystemClock.now(), clock: options.clock)
            guard filter.isUnconditional else {
                filter.listsAttempts = true
                // If no server runs, `writing` indexes the remaining entries first. An entry that is not indexed would
                // not match.
                if yes { try await access.writing { _ in } }
                return try await pruneBodies(matching: filter, access, console)
            }
            guard reason == nil else {
                throw CommandFailure(
                    .usage, "--reason needs filters", advice: "Retention stores its own reasons.")
            }
            guard !configuration.retention.isEmpty else {
                throw CommandFailure(
                    .configuration, "no source has a retention limit, so nothing can be pruned",
                    advice: "Write 'keep: 180d' or 'keep-metadata: 5y' under a source, or use filters.")
            }
            if dryRun { return try await preview(configuration.retention, access, console) }
            let job = MaintenanceJob.prune(settings: configuration.retention.settings)
            guard case .pruned(let total) = try await access.run(job) else { return }
            try console.print(
                "pruned \(HumanText.count(total.bodyCount, "body", "bodies")) and "
                    + "\(HumanText.count(total.deliveryCount, "whole delivery", "whole deliveries")), "
                    + "\(HumanText.byteCount(total.byteCount)) of stored bodies")
        }

        private func preview(_ retention: Retention, _ access: ArchiveAccess, _ console: Console) async throws {
            let reader = try await access.reader()
            if access.isServed, try reader.recordedRetention().first?.settings != retention.settings {
                console.note(
                    "the running server has not recorded these retention settings; "
                        + "--yes fails if the server's settings differ")
            }
            let now = SystemClock.now()
            var preview = PruningPreview(formats.resolved(for: console), console)
            var last: DeliveryID?
            repeat {
                let slice = try reader.pruning(by: EffectiveRetention([retention]), after: last, now: now)
                for decision in slice.decisions { try preview.add(decision) }
                last = slice.last
                if let last { console.progress("checked up to delivery \(last)") }
            } while last != nil
            console.progress("")
            try preview.finish(none: "no delivery has expired yet")
        }

        /// Removes the bodies of the matching deliveries, or lists them on a dry run.
        private func pruneBodies(
            matching filter: ReportFilter, _ access: ArchiveAccess, _ console: Console
        ) async throws {
            let reader = try await access.reader()
            let ids = try MatchingReports(reader: reader, console: console).deliveryIDs(filter)
            let slices = stride(from: 0, to: ids.count, by: Self.sliceCount).map {
                ids[$0..<min($0 + Self.sliceCount, ids.count)]
            }
            let reason = reason ?? "pruned by hand"
            let count: Int
            if dryRun {
                var preview = PruningPreview(formats.resolved(for: console), console)
                for slice in slices {
                    for decision in try reader.pruning(of: slice, because: reason).decisions {
                        try preview.add(decision)
                    }
                }
                try preview.finish(none: "no body matches")
                count = preview.count
            } else {
                let total = try await access.writing { session in
                    var total = PruneTotals()
                    for slice in slices {
                        let start = ContinuousClock.now
                        guard
                            case .pruned(let pruned) = try await session.run(.pruneBodies(Array(slice), reason: reason))
                        else { break }
                        total.bodyCount += pruned.bodyCount
                        total.byteCount += pruned.byteCount
                        console.progress("\(total.bodyCount) of \(ids.count) bodies pruned")
                        // Pauses for as long as the slice took, to give the server time for new deliveries.
                        if session.isServed { try? await Task.sleep(for: start.duration(to: .now)) }
                    }
                    return total
                }
                console.progress("")
                try console.print(
                    "pruned \(HumanText.count(total.bodyCount, "body", "bodies")), "
                        + "\(HumanText.byteCount(total.byteCount)) of stored bodies")
                count = Int(clamping: total.bodyCount)
            }
            if !filters.exact { console.note("values were compared byte by byte; other spellings were not pruned") }
            guard count < ids.count else { return }
            let kept = HumanText.count(ids.count - count, "matching delivery is", "matching deliveries are")
            console.note("\(kept) held or already pruned")
        }
    }
}
