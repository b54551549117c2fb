package import CallboxConfiguration
package import Deliveries
package import Journal
package import Quarantine
package import Replication
package import ReportIndex

/// A request of a command to the process that holds the archive.
package enum ControlRequest: Codable, Equatable, Sendable {
    case append([DraftEntry])
    case run(MaintenanceJob)
    /// Reads the configuration again, as SIGHUP does.
    case reload
    /// Stops the server. If the requesting process will listen at the same address, first passes the listening sockets
    /// to it.
    case handOver(address: String)
    case replicationStatus
}

/// An entry that a command appends to the journal.
package enum DraftEntry: Codable, Equatable, Sendable {
    case record(JournalRecord)
    /// A delivery. The process that appends the delivery also verifies it.
    case delivery(ImportedDelivery, checksSignature: Bool)
}

/// A maintenance job on the archive. Jobs run one at a time.
package enum MaintenanceJob: Codable, Equatable, Sendable {
    /// Removes entries and bodies past their retention. `settings` are the command's settings; they must equal the
    /// settings of the process that runs the job.
    case prune(settings: String)
    /// Prunes the bodies of these deliveries, except deliveries on legal hold.
    case pruneBodies([DeliveryID], reason: String)
    /// Rewrites bodies that become smaller, and returns free space. Trains dictionaries first if `trains` is true.
    case compact(fromStart: Bool, trains: Bool)
    /// Rebuilds the index from the journal.
    case reindex
    /// Checks a quarantined delivery with the current secrets and appends it. `forcedBecause` is a person's reason for
    /// releasing the delivery although it is unverified.
    case release(QuarantineID, forcedBecause: String?)
    case deleteQuarantined(QuarantineID)
    /// This is a separate case instead of an optional ID, because a request without an ID must not delete all
    /// deliveries by mistake.
    case emptyQuarantine
}

/// A response to a command: any number of `progress` messages, then one of the other cases.
package enum ControlResponse: Codable, Equatable, Sendable {
    case progress(String)
    case appended(AppendedEntries)
    case finished(MaintenanceResult)
    case reloaded(LiveConfiguration.Reload)
    case handedOver(hasSockets: Bool)
    case replication(ReplicationStatus)
    case failed(FailureReport)
}

/// The result of an append.
package struct AppendedEntries: Codable, Sendable, Equatable {
    package var positions: [Int64] = []
    /// The number of deliveries whose signature was verified.
    package var verifiedCount: Int64 = 0
}

/// The result of a maintenance job.
package enum MaintenanceResult: Codable, Sendable, Equatable {
    case pruned(PruneTotals)
    case compacted(CompactionTotals)
    case reindexed
    case released(DeliveryID)
    case deleted(Int)
}

/// The result of a prune.
package struct PruneTotals: Codable, Sendable, Equatable {
    package var bodyCount: Int64 = 0
    package var deliveryCount: Int64 = 0
    /// The stored bytes of the removed bodies.
    package var byteCount: Int64 = 0

    package init(bodyCount: Int64 = 0, deliveryCount: Int64 = 0, byteCount: Int64 = 0) {
        self.bodyCount = bodyCount
        self.deliveryCount = deliveryCount
        self.byteCount = byteCount
    }

    package mutating func add(_ decisions: [PruningDecision]) {
        bodyCount += Int64(decisions.count { $0.extent == .body })
        deliveryCount += Int64(decisions.count { $0.extent == .everything })
        byteCount += decisions.reduce(0) { $0 + $1.byteCount }
    }
}

/// The result of a compaction.
package struct CompactionTotals: Codable, Sendable, Equatable {
    package var trainedCount = 0
    package var retiredCount = 0
    package var bodyCount = 0
    package var rewrittenCount = 0
    /// The stored bytes of all bodies before the compaction.
    package var byteCountBefore: Int64 = 0
    package var byteCountAfter: Int64 = 0

    package mutating func add(_ slice: CompactionSlice) {
        bodyCount += slice.bodyCount
        rewrittenCount += slice.rewrittenCount
        byteCountBefore += slice.byteCountBefore
        byteCountAfter += slice.byteCountAfter
    }
}
