internal import Deliveries
internal import Foundation
internal import Intake
internal import Journal
internal import Providers
internal import Quarantine
internal import Replay
internal import ReportIndex

/// Runs maintenance jobs, one at a time, on the caller's thread.
package final class Maintenance: Sendable {
    /// Shows a progress line. Throws to end the job early.
    package typealias Progress = (String) throws -> Void

    let archive: OpenArchive
    /// Locked while a job runs.
    private let turn = NSLock()

    package init(_ archive: OpenArchive) {
        self.archive = archive
    }

    package func run(_ job: MaintenanceJob, progress: Progress) throws -> MaintenanceResult {
        try turn.withLock {
            switch job {
            case .prune(let settings):
                guard settings == archive.retention().settings else { throw ServerError.otherRetentionSettings }
                try archive.archiveRetention(isConfirmed: true)
                return .pruned(try pruneInTurn([archive.retention()], progress))
            case .pruneBodies(let ids, let reason): return .pruned(try pruneBodies(of: ids, reason))
            case .compact(let fromStart, let trains):
                return .compacted(try compact(fromStart: fromStart, trains: trains, progress))
            case .reindex:
                try archive.indexer.reindex { try? progress("indexed up to entry \($0)") }
                return .reindexed
            case .release(let id, let reason): return .released(try release(id, forcedBecause: reason))
            case .deleteQuarantined(let id): return .deleted(try archive.quarantine.delete(id))
            case .emptyQuarantine: return .deleted(try archive.quarantine.delete(nil))
            }
        }
    }

    /// Waits for the running job, then removes entries and bodies. A removal must be allowed by each of `retentions`.
    func prune(_ retentions: [Retention], _ progress: Progress) throws -> PruneTotals {
        try turn.withLock { try pruneInTurn(retentions, progress) }
    }

    private func pruneInTurn(_ retentions: [Retention], _ progress: Progress) throws -> PruneTotals {
        try archive.indexEverything()
        let reader = try archive.reader()
        let pruner = Pruner(reader, archive.remover, archive.parser)
        let now = archive.now()
        var totals = PruneTotals()
        var last: DeliveryID?
        var removed: Set<DeliveryID> = []
        defer { RunFolder.eraseResponses(to: removed, in: archive.directory) }
        repeat {
            let start = ContinuousClock.now
            let slice = try reader.pruning(by: EffectiveRetention(retentions), after: last, now: now)
            let decisions = try pruner.carryOut(slice, at: now)
            totals.add(decisions)
            removed.formUnion(decisions.map(\.id))
            last = slice.last
            if let last {
                try progress(
                    "pruned \(totals.bodyCount) bodies, \(totals.deliveryCount) deliveries; at delivery \(last)")
            }
            rest(since: start)
        } while last != nil
        if totals.bodyCount + totals.deliveryCount > 0 { try vacuum(progress) }
        return totals
    }

    /// Removes the oldest redirects that exceed the budget.
    func removeExcessRedirects() throws -> Int {
        try turn.withLock {
            let reader = try archive.reader()
            let slice = try RedirectBudget().excess(reader)
            guard !slice.decisions.isEmpty else { return 0 }
            return try Pruner(reader, archive.remover, archive.parser).carryOut(slice, at: archive.now()).count
        }
    }

    private func pruneBodies(of ids: [DeliveryID], _ reason: String) throws -> PruneTotals {
        try archive.indexEverything()
        let reader = try archive.reader()
        let slice = try reader.pruning(of: ids, because: reason)
        var totals = PruneTotals()
        let decisions = try Pruner(reader, archive.remover, archive.parser).carryOut(slice, at: archive.now())
        totals.add(decisions)
        // Stored responses of receivers may repeat content of the removed deliveries.
        RunFolder.eraseResponses(to: Set(decisions.map(\.id)), in: archive.directory)
        return totals
    }

    private func compact(fromStart: Bool, trains: Bool, _ progress: Progress) throws -> CompactionTotals {
        try archive.indexEverything()
        let reader = try archive.reader()
        var totals = CompactionTotals()
        if trains {
            let training = DictionaryTraining(reader)
            for scope in try training.scopes() {
                try progress("training on \(scope.text)")
                if try train(training, scope) != nil { totals.trainedCount += 1 }
            }
        }
        let journal = try JournalReader(archive.directory.journal)
        defer { journal.close() }
        var last = fromStart ? nil : try archive.writer.compactionPosition()
        // Only a pass over all bodies proves that no body still needs a dictionary.
        let retiring = last == nil ? try archive.writer.replacedDictionaries() : []
        var needed: Set<UInt32> = []
        while true {
            let start = ContinuousClock.now
            let slice = try archive.writer.compact(after: last, journal, retiring: retiring) { id in
                try? reader.type(of: id)
            }
            guard let end = slice.last else { break }
            last = end
            totals.add(slice)
            needed.formUnion(slice.dictionaries)
            try progress("rewrote \(totals.rewrittenCount) of \(totals.bodyCount) bodies; at entry \(end)")
            rest(since: start)
        }
        totals.retiredCount = try archive.writer.retire(retiring.subtracting(needed), scannedUpTo: last ?? 0).count
        try vacuum(progress)
        return totals
    }

    /// Trains a dictionary and adds it if it saves enough bytes.
    ///
    /// - Parameter checkpoint: called often; throws to end the training.
    func train(
        _ training: DictionaryTraining, _ scope: DictionaryScope, _ checkpoint: () throws -> Void = {}
    ) throws -> DictionaryProposal? {
        let proposal = try training.propose(scope, current: try training.current(scope), checkpoint)
        guard let dictionary = proposal.dictionary else { return nil }
        let isNew = try archive.writer.add(
            dictionary, for: scope, bodyCount: proposal.bodyCount, at: archive.now())
        return isNew ? proposal : nil
    }

    func vacuum(_ progress: Progress = { _ in }) throws {
        var left = Int.max
        while true {
            let start = ContinuousClock.now
            let now = try archive.writer.vacuum(pageCount: 512)
            guard now > 0, now < left else { return }
            left = now
            try progress("\(left) free pages left")
            rest(since: start)
        }
    }

    /// Verifies a quarantined delivery with the current secrets. Signed times are compared with the time of its
    /// arrival. Appends the delivery and a release record.
    private func release(_ id: QuarantineID, forcedBecause: String?) throws -> DeliveryID {
        let reader = QuarantineReader(archive.directory)
        defer { reader.close() }
        guard let entry = try reader.entry(id) else { throw ServerError.notQuarantined(id) }
        let authentic = try authenticated(entry, forcedBecause)
        let record = ReleaseRecord(
            delivery: entry.delivery.uuid, quarantineID: id.rawValue, verification: entry.delivery.verification,
            reason: entry.delivery.reason,
            // A delivery is not forced if the current secrets verify it.
            forcedBecause: authentic.verification == .failed ? forcedBecause : nil)
        let positions = try archive.appendAndIndex([
            .delivery(archive.encode(authentic, uuid: entry.delivery.uuid)), .record(.release(record)),
        ])
        // If the deletion fails, the journal still has the delivery, so a second release is rejected because of the
        // delivery's UUID.
        _ = try? archive.quarantine.delete(id)
        return DeliveryID(rawValue: positions.first ?? 0)
    }

    private func authenticated(_ entry: QuarantineEntry, _ forcedBecause: String?) throws -> AuthenticDelivery {
        let delivery = entry.delivery
        var rejection = "the source \(delivery.source) is no longer configured"
        // The client certificate is not stored, so it cannot be checked again. It was accepted if the delivery was
        // rejected by a later check. The address is checked before the certificate.
        let hadCertificate = ![.address, .unknownAddress, .certificate].contains(
            OriginCheck.Rejection(rawValue: delivery.reason))
        if let source = try archive.sources().source(named: delivery.source) {
            switch AuthenticDelivery.authenticate(delivery.request, at: source, checksCertificate: !hadCertificate) {
            case .authentic(let authentic): return authentic
            case .rejected(_, let reason): rejection = reason
            }
        }
        guard forcedBecause != nil else { throw ServerError.stillUnverified(entry.id, reason: rejection) }
        return AuthenticDelivery.forced(delivery.request, source: delivery.source)
    }

    /// If this process is a server, pauses for as long as the work took, but at most 1 s, because deliveries have
    /// priority.
    private func rest(since start: ContinuousClock.Instant) {
        guard archive.isServed else { return }
        Thread.sleep(forTimeInterval: min(start.duration(to: .now) / .seconds(1), 1))
    }
}
