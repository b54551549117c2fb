package import Deliveries
package import Journal
internal import Synchronization

/// Removes bodies and entries from the shared journal. Returns after this node has copied the removal.
extension SharedJournalNode: EntryRemover {
    /// The maximum number of entries in one transaction. Limited because receivers wait for the transaction.
    private static let entryCountLimit = 64

    package func pruneBodies(
        _ bodies: [BodyToPrune], reason: String, holdsKnownUpTo: Int64, at now: Timestamp
    ) throws -> [DeliveryID] {
        try removeInParts(bodies.map(\.delivery), prunes: true, holdsKnownUpTo, at: now) { entries in
            let wanted = Dictionary(bodies.map { ($0.delivery, $0) }) { $1 }
            let summaries = entries.compactMap { wanted[$0.id].map(EncodedSummary.init) }
            let pruned = zip(entries, summaries).map { $0.pruned($1) }
            return (.bodies(summaries), .prune(PruneRecord(reason: reason, pruned: pruned)))
        }
    }

    package func removeEntries(
        _ ids: [DeliveryID], reason: String, holdsKnownUpTo: Int64, at now: Timestamp
    ) throws -> [DeliveryID] {
        try removeInParts(ids.sorted(), prunes: false, holdsKnownUpTo, at: now) { entries in
            let runs = ExpiryRecord.runs(of: entries.map(\.id.rawValue))
            return (.entries, .expiry(ExpiryRecord(reason: reason, runs: runs)))
        }
    }

    private func removeInParts(
        _ ids: [DeliveryID], prunes: Bool, _ holdsKnownUpTo: Int64, at now: Timestamp,
        _ plan: ([RemovableEntry]) -> (RemovalSession.Removal, JournalRecord)
    ) throws -> [DeliveryID] {
        let reader = try JournalReader(writer.directory.journal)
        defer { reader.close() }
        var removed: [DeliveryID] = []
        for start in stride(from: 0, to: ids.count, by: Self.entryCountLimit) {
            let part = ids[start..<min(start + Self.entryCountLimit, ids.count)]
            let entries = try part.compactMap { try reader.removable($0, prunes: prunes) }
            guard !entries.isEmpty else { continue }
            let (removal, record) = plan(entries)
            guard let portable = PortableEntry(.record(record), at: now) else { break }
            let isDone = try withRemovalSession {
                try $0.remove(entries, removal, record: portable, holdsKnownUpTo: holdsKnownUpTo)
            }
            guard isDone else { break }
            _ = try positions(of: [portable.uuid])
            removed += entries.map(\.id)
        }
        return removed
    }

    /// Runs `work` with the session of the last removal, or with a new session if there is none.
    private func withRemovalSession<Value: Sendable>(
        _ body: (inout RemovalSession) throws -> Value
    ) throws -> Value {
        try removal.withLock { state in
            var session: RemovalSession
            if let open = state.session {
                session = open
            } else {
                guard let opened = try RemovalSession(settings, expected: state.epoch) else {
                    throw SharedAppendFailure.rejected(.shuttingDown)
                }
                session = opened
            }
            state = RemovalState(session: nil, epoch: session.epoch)
            let value = try body(&session)
            state.session = session
            return value
        }
    }
}

/// The state of the lane on which a node removes entries.
struct RemovalState {
    /// The session; nil before the first removal and after a failure.
    var session: RemovalSession?
    /// The epoch of the last session.
    var epoch: Int64?
}
