internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// Carries out what `callbox archive` asks for, a slice at a time.
struct UpkeepWork: Sendable {
    let writer: ArchiveWriter
    let retention: @Sendable () -> Retention
    let now: @Sendable () -> Timestamp

    func callAsFunction(_ request: UpkeepRequest) throws(CommandFailure) -> JSONText {
        switch request {
        case .addDictionary(let scope, let dictionary, let bodyCount):
            let now = now()
            let isNew = try writing { writer throws(ArchiveError) in
                try writer.add(dictionary, for: scope, bodyCount: bodyCount, at: now)
            }
            return .object([.init("added", .boolean(isNew))])
        case .repack(let last): return try repack(after: last).json
        case .prune(let last, let now): return try prune(after: last, now).json
        case .pruneBodies(let ids, let reason, let now): return try pruneBodies(of: ids, reason, now).json
        case .forgetPruned:
            try writing { writer throws(ArchiveError) in try writer.forgetPrunedIdentities() }
            return .object([])
        case .vacuum(let pageCount):
            return .object([.init("freePages", .integer(Int64(try vacuum(pageCount: pageCount))))])
        case .placeHold(let subject, let reason):
            let now = now()
            let id = try writing { writer throws(ArchiveError) in
                try writer.placeHold(on: subject, reason: reason, at: now)
            }
            return .object([.init("id", .integer(id))])
        case .releaseHold(let id):
            let now = now()
            let wasHeld = try writing { writer throws(ArchiveError) in try writer.releaseHold(id, at: now) }
            return .object([.init("released", .boolean(wasHeld))])
        }
    }

    func repack(after last: DeliveryID?) throws(CommandFailure) -> RepackSlice {
        let reader = try reader()
        var start = last
        if start == nil { start = try writing { writer throws(ArchiveError) in try writer.repackPosition() } }
        do throws(ArchiveReadFailure) {
            return try writer.repack(after: start, reader)
        } catch {
            throw CommandFailure(error)
        }
    }

    func prune(after last: DeliveryID?, _ now: Timestamp) throws(CommandFailure) -> PruneReport {
        let reader = try reader()
        let slice: PruningSlice
        do throws(ArchiveReadFailure) {
            slice = try reader.pruning(by: retention(), after: last, now: now)
        } catch {
            throw CommandFailure(error)
        }
        let pruned = try writing { writer throws(ArchiveError) in try writer.prune(slice.decisions, at: now) }
        return PruneReport(last: slice.last, pruned)
    }

    private func pruneBodies(
        of ids: [DeliveryID], _ reason: String, _ now: Timestamp
    ) throws(CommandFailure) -> PruneReport {
        let reader = try reader()
        let decisions = try reading { () throws(ArchiveReadFailure) in try reader.pruning(of: ids, because: reason) }
        return PruneReport(
            last: nil, try writing { writer throws(ArchiveError) in try writer.prune(decisions, at: now) })
    }

    func vacuum(pageCount: Int) throws(CommandFailure) -> Int {
        try writing { writer throws(ArchiveError) in try writer.vacuum(pageCount: pageCount) }
    }

    func ageQuarantine() throws(CommandFailure) {
        let now = now()
        try writing { writer throws(ArchiveError) in try writer.ageQuarantine(now: now) }
    }

    func reader() throws(CommandFailure) -> ArchiveReader {
        try writing { writer throws(ArchiveError) in try ArchiveReader(writer.location) }
    }

    private func writing<Value>(_ work: (ArchiveWriter) throws(ArchiveError) -> Value) throws(CommandFailure) -> Value {
        do throws(ArchiveError) {
            return try work(writer)
        } catch {
            throw CommandFailure(error)
        }
    }
}

/// What a slice of a prune took away.
struct PruneReport: Equatable {
    /// Nil at the end.
    var last: DeliveryID?
    var bodyCount: Int64 = 0
    var deliveryCount: Int64 = 0
    /// Of bodies, as stored.
    var byteCount: Int64 = 0

    init(last: DeliveryID?, _ decisions: [PruningDecision]) {
        self.last = last
        bodyCount = Int64(decisions.count { $0.extent == .body })
        deliveryCount = Int64(decisions.count { $0.extent == .everything })
        byteCount = decisions.reduce(0) { $0 + $1.byteCount }
    }

    init(_ told: JSONDocument) {
        last = told.root["last"]?.integer.map(DeliveryID.init(rawValue:))
        bodyCount = told.root["bodies"]?.integer ?? 0
        deliveryCount = told.root["deliveries"]?.integer ?? 0
        byteCount = told.root["bytes"]?.integer ?? 0
    }

    mutating func add(_ next: PruneReport) {
        last = next.last
        bodyCount += next.bodyCount
        deliveryCount += next.deliveryCount
        byteCount += next.byteCount
    }

    var json: JSONText {
        .object([
            .init("last", last.map { .integer($0.rawValue) } ?? .null), .init("bodies", .integer(bodyCount)),
            .init("deliveries", .integer(deliveryCount)), .init("bytes", .integer(byteCount)),
        ])
    }
}

extension RepackSlice {
    var json: JSONText {
        .object([
            .init("last", last.map { .integer($0.rawValue) } ?? .null), .init("bodies", .integer(Int64(bodyCount))),
            .init("repacked", .integer(Int64(repackedCount))), .init("before", .integer(byteCountBefore)),
            .init("after", .integer(byteCountAfter)),
        ])
    }

    init(_ told: JSONDocument) {
        func number(_ name: String) -> Int64 { told.root[name]?.integer ?? 0 }
        self.init(
            last: told.root["last"]?.integer.map(DeliveryID.init(rawValue:)), bodyCount: Int(number("bodies")),
            repackedCount: Int(number("repacked")), byteCountBefore: number("before"), byteCountAfter: number("after"))
    }
}
