internal import BodyCompression
internal import ControlSocket
internal import Deliveries
internal import Foundation
internal import Journal
internal import Quarantine
internal import ReportIndex

/// What a command asks of the process that holds the archive: append entries, or run a maintenance job.
enum ControlRequest: Codable, Equatable, Sendable {
    case append([DraftEntry])
    case run(MaintenanceJob)
}

/// An entry that a command wants in the journal.
enum DraftEntry: Codable, Equatable, Sendable {
    case record(JournalRecord)
    /// What vouches for it is decided by whoever appends it.
    case delivery(ImportRecord, checksSignature: Bool)
}

/// Work on the archive. Jobs run one at a time.
enum MaintenanceJob: Codable, Equatable, Sendable {
    /// Removes what retention says is old enough. `settings` are the command's own, which must be those of whoever runs the job.
    case prune(settings: String)
    /// Prunes the bodies of these deliveries, except those that are held.
    case pruneBodies([DeliveryID], reason: String)
    /// Trains dictionaries if asked to, rewrites bodies that get smaller, returns free space.
    case compact(fromStart: Bool, trains: Bool)
    /// Derives the index from the journal again.
    case reindex
    /// Checks a quarantined delivery with today's secrets and appends it; `forcedBecause` is why a person releases it unproved.
    case release(QuarantineID, forcedBecause: String?)
    case deleteQuarantined(QuarantineID)
    /// Not an optional ID: a request that lost its ID must not delete everything.
    case emptyQuarantine
}

/// What the process that holds the archive answers: progress any number of times, then one of the others.
enum ControlResponse: Codable, Equatable, Sendable {
    case progress(String)
    case appended(AppendedEntries)
    case finished(MaintenanceResult)
    case failed(status: Int32, message: String, advice: String?)
}

/// What came of an append.
struct AppendedEntries: Codable, Sendable, Equatable {
    var positions: [Int64] = []
    /// Deliveries whose signature was proved.
    var verifiedCount: Int64 = 0
}

/// What came of a maintenance job.
enum MaintenanceResult: Codable, Sendable, Equatable {
    case pruned(PruneTotals)
    case compacted(CompactionTotals)
    case reindexed
    case released(DeliveryID)
    case deleted(Int)
}

/// What a prune removed.
struct PruneTotals: Codable, Sendable, Equatable {
    var bodyCount: Int64 = 0
    var deliveryCount: Int64 = 0
    /// Of bodies, as stored.
    var byteCount: Int64 = 0

    mutating func add(_ decisions: [PruningDecision]) {
        bodyCount += Int64(decisions.count { $0.extent == .body })
        deliveryCount += Int64(decisions.count { $0.extent == .everything })
        byteCount += decisions.reduce(0) { $0 + $1.byteCount }
    }
}

/// What a compaction did.
struct CompactionTotals: Codable, Sendable, Equatable {
    var trainedCount = 0
    var retiredCount = 0
    var bodyCount = 0
    var rewrittenCount = 0
    /// Of bodies, as stored.
    var byteCountBefore: Int64 = 0
    var byteCountAfter: Int64 = 0

    mutating func add(_ slice: CompactionSlice) {
        bodyCount += slice.bodyCount
        rewrittenCount += slice.rewrittenCount
        byteCountBefore += slice.byteCountBefore
        byteCountAfter += slice.byteCountAfter
    }
}
