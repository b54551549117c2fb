internal import Deliveries
internal import Intake
internal import Providers
internal import ReportArchive
internal import StrictJSON

/// Carries out what a command wants written: in the server when one runs, else in the command's own process.
struct ControlWork: Sendable {
    let writer: ArchiveWriter
    /// Today's sources with their secrets.
    let sources: @Sendable () throws(CommandFailure) -> SourceTable
    let retention: @Sendable () -> Retention
    let now: @Sendable () -> Timestamp

    /// - Returns: what the command may want to tell.
    func callAsFunction(_ request: ControlRequest) throws(CommandFailure) -> JSONText {
        switch request {
        case .recordReplay(let record):
            try archive { writer throws(ArchiveError) in try writer.record(record) }
            return .object([])
        case .rebuild:
            try archive { writer throws(ArchiveError) in try writer.clearProjection() }
            return .object([])
        case .promote(let id, let forcedBecause):
            let promoted = try promote(id, forcedBecause)
            return .object([.init("id", .integer(promoted.rawValue))])
        case .purgeQuarantine(let id):
            let count = try archive { writer throws(ArchiveError) in try writer.purgeQuarantine(id) }
            return .object([.init("count", .integer(Int64(count)))])
        case .importDeliveries(let request):
            let table = request.checksSignatures ? try sources() : SourceTable([])
            return try ImportWork(writer: writer, sources: table)(request).json
        case .upkeep(let request):
            return try UpkeepWork(writer: writer, retention: retention, now: now)(request)
        case .recordAccess(let record):
            let now = now()
            try archive { writer throws(ArchiveError) in _ = try writer.record(record, at: now) }
            return .object([])
        case .link(.record(let order)):
            let now = now()
            let id = try archive { writer throws(ArchiveError) in try writer.record(order, at: now) }
            return .object([.init("id", .integer(id.rawValue))])
        case .link(.change(let id, let change)):
            guard try archive({ writer throws(ArchiveError) in try writer.change(id, change) }) else {
                throw .unknownLink(id)
            }
            return .object([])
        }
    }

    /// Checks a refused delivery with today's secrets, at the time it was received, and moves it into the journal.
    private func promote(_ id: QuarantineID, _ forcedBecause: String?) throws(CommandFailure) -> DeliveryID {
        guard let entry = try entry(id) else { throw .notQuarantined(id) }
        let authentic = try authenticated(entry, forcedBecause)
        let seal = Sealing { [compressors = writer.compressors] in compressors.compressor(source: $0, body: $1) }
        let sealed = seal(authentic, uuid: entry.delivery.uuid)
        // Only what today's secrets do not prove counts as forced.
        let reason = authentic.verification == .failed ? forcedBecause : nil
        let now = now()
        let promoted = try archive { writer throws(ArchiveError) in
            try writer.promote(id, as: sealed, at: now, forcedBecause: reason)
        }
        guard let promoted else { throw .notQuarantined(id) }
        return promoted
    }

    private func authenticated(
        _ entry: QuarantineEntry, _ forcedBecause: String?
    ) throws(CommandFailure) -> AuthenticDelivery {
        let delivery = entry.delivery
        var refusal = "no source \(delivery.source) is configured any more"
        if let source = try sources().source(named: delivery.source) {
            switch AuthenticDelivery.authenticate(delivery.request, at: source) {
            case .authentic(let authentic): return authentic
            case .refused(_, let reason): refusal = reason
            }
        }
        guard forcedBecause != nil else {
            throw CommandFailure(
                .negative, "quarantined delivery \(entry.id) is still not proved: \(refusal)",
                advice: "Mend the source's secrets or addresses, or let it in unproved with --force --reason TEXT.")
        }
        return AuthenticDelivery.forced(delivery.request, source: delivery.source)
    }

    private func entry(_ id: QuarantineID) throws(CommandFailure) -> QuarantineEntry? {
        let reader = try archive { writer throws(ArchiveError) in try ArchiveReader(writer.location) }
        do throws(ArchiveReadFailure) {
            return try reader.quarantined(id)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func archive<Value>(_ work: (ArchiveWriter) throws(ArchiveError) -> Value) throws(CommandFailure) -> Value {
        do throws(ArchiveError) {
            return try work(writer)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    static func unknownLink(_ id: LinkID) -> CommandFailure {
        CommandFailure(
            .negative, "there is no link \(id) in the ledger", advice: "'callbox links list' gives the numbers.")
    }

    static func notQuarantined(_ id: QuarantineID) -> CommandFailure {
        CommandFailure(
            .negative, "there is no delivery \(id) in the quarantine",
            advice: "'callbox quarantine list' gives the numbers.")
    }
}
