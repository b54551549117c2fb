import BodyCompression
import Crypto
import Deliveries
import Dispatch
import GRDB
import Synchronization
import TestKit

@testable import ReportArchive

/// Deliveries that say all there is to know of them in their target, for tests of what is done with a whole archive.
enum UpkeepArchive {
    /// The moment from which the deliveries' ages are counted.
    static let now = Timestamp.fixture.advanced(byMilliseconds: 1000 * dayMilliseconds)
    static let dayMilliseconds: Int64 = 86_400_000

    /// A delivery of one report, so many days old. Deliveries with the same kind and key bring the same report.
    static func delivery(
        source: String = "klavi", kind: String = "income", key: String, person: String = "nobody", daysOld: Int64 = 100,
        verification: Verification = .verified, body: SealedBody? = nil
    ) -> SealedDelivery {
        .fixture(
            source: source, receivedAt: now.advanced(byMilliseconds: -daysOld * dayMilliseconds),
            target: "/\(kind)/\(key)/\(person)", verification: verification, secretName: nil,
            body: body ?? .raw("body of \(source) \(kind) \(key), long enough to be shared with those that repeat it"))
    }

    /// The report of a delivery. The kind `free` takes no route, `misc` the one for others, `junk` is not recognised.
    static func interpret(_ delivery: ArchivedDelivery) -> [RoutedReport] {
        let parts = delivery.request.target.text.split(separator: "/").map(String.init)
        let kind = parts[0] == "junk" ? ReportContent.unrecognisedKind : parts[0]
        let rule: RouteRule? = ["free": nil, "junk": nil, "misc": .other][parts[0], default: .specific]
        return [
            .fixture(
                provider: "test", kind: kind, key: "\(kind) \(parts[1])", fields: [ReportField("person", parts[2])],
                route: rule.map { Route(rule: $0, box: "box") })
        ]
    }

    /// Runs `body` with an archive of these deliveries, projected, that is open for writing.
    static func with<Value>(
        _ deliveries: [SealedDelivery], _ body: (ArchiveWriter, ArchiveReader) async throws -> Value
    ) async throws -> Value {
        try await TestArchive.withWriter { writer in
            try await writer.commitTogether(deliveries)
            try writer.project()
            return try await body(writer, ArchiveReader(writer.location))
        }
    }
}

extension Retention {
    /// The terms of one source, in days.
    static func of(_ source: String = "klavi", keep: Int64? = nil, keepMetadata: Int64? = nil) -> Retention {
        var terms = SourceTerms()
        terms.terms = Terms(keep: keep.map(Duration.days), keepMetadata: keepMetadata.map(Duration.days))
        return Retention(sources: [source: terms])
    }
}

extension Duration {
    static func days(_ count: Int64) -> Duration {
        .seconds(count * 86_400)
    }
}

extension SealedBody {
    /// A body as intake seals it.
    static func sealed(_ bytes: [UInt8], with compressor: any BodyCompressor = ZlibCompressor()) -> SealedBody {
        let compressed = compressor.compress(bytes)
        return SealedBody(
            encoding: compressed == nil ? .raw : .zlib, storedBytes: compressed ?? bytes, byteCount: bytes.count,
            sha256: Array(SHA256.hash(data: bytes)))
    }
}

extension ArchiveWriter {
    /// Commits deliveries in their order, with as few syncs as that takes.
    func commitTogether(_ deliveries: [SealedDelivery]) async throws {
        guard let last = deliveries.last else { return }
        let refusedCount = Mutex(0)
        await withCheckedContinuation { continuation in
            for delivery in deliveries.dropLast() {
                commit(delivery) { outcome in if outcome.id == nil { refusedCount.withLock { $0 += 1 } } }
            }
            commit(last) { outcome in
                if outcome.id == nil { refusedCount.withLock { $0 += 1 } }
                continuation.resume()
            }
        }
        guard refusedCount.withLock({ $0 }) == 0 else { throw NotDurable() }
    }

    /// Commits a delivery and waits for it, on a thread that may block.
    func commitBlocking(_ delivery: SealedDelivery) -> Int64? {
        let isDone = DispatchSemaphore(value: 0)
        let id = Mutex<Int64?>(nil)
        commit(delivery) { outcome in
            id.withLock { $0 = outcome.id }
            isDone.signal()
        }
        isDone.wait()
        return id.withLock { $0 }
    }

    func project() throws {
        try Projector(self, interpret: UpkeepArchive.interpret).catchUp()
    }

    /// Prunes as the command does, slice after slice, and gives what went.
    @discardableResult
    func prune(by retention: Retention, now: Timestamp = UpkeepArchive.now) throws -> [PruningDecision] {
        let reader = try ArchiveReader(location)
        var pruned: [PruningDecision] = []
        var last: DeliveryID?
        repeat {
            let slice = try reader.pruning(by: retention, after: last, now: now)
            pruned += try prune(slice.decisions, at: now)
            last = slice.last
        } while last != nil
        if pruned.contains(where: { $0.extent == .everything }) { try forgetPrunedIdentities() }
        return pruned
    }

    /// Repacks as the command does, slice after slice: how many bodies were rewritten.
    func repackAll(after start: DeliveryID? = nil) throws -> Int {
        let reader = try ArchiveReader(location)
        var count = 0
        var last = start
        while true {
            let slice = try repack(after: last, reader)
            guard let end = slice.last else { return count }
            count += slice.repackedCount
            last = end
        }
    }

    /// Gives free pages back as the command does.
    func vacuumAll() throws {
        while try vacuum(pageCount: 512) > 0 {}
    }

    /// Trains a dictionary for a scope and keeps it where it is worth it.
    @discardableResult
    func train(_ scope: DictionaryScope) throws -> DictionaryProposal {
        let training = DictionaryTraining(try ArchiveReader(location))
        let proposal = try training.propose(scope, current: try training.current(scope))
        if let dictionary = proposal.dictionary {
            _ = try add(dictionary, for: scope, bodyCount: proposal.bodyCount, at: UpkeepArchive.now)
        }
        return proposal
    }
}

extension ArchiveReader {
    /// What a dry run shows.
    func plan(_ retention: Retention, now: Timestamp = UpkeepArchive.now) throws -> [PruningDecision] {
        var decisions: [PruningDecision] = []
        var last: DeliveryID?
        repeat {
            let slice = try pruning(by: retention, after: last, now: now)
            decisions += slice.decisions
            last = slice.last
        } while last != nil
        return decisions
    }

    /// The numbers of the deliveries whose bodies read back.
    func readableIDs() throws -> [Int64] {
        let ids = try read { try Int64.fetchAll($0, sql: "SELECT id FROM journal ORDER BY id") }
        return try ids.filter { id in
            do {
                return try delivery(DeliveryID(rawValue: id)) != nil
            } catch ArchiveReadFailure.archive(.pruned) {
                return false
            }
        }
    }

    func strings(_ sql: String) throws -> [String] {
        try read { try String.fetchAll($0, sql: sql) }
    }

    func number(_ sql: String) throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: sql) ?? -1 }
    }
}

extension [PruningDecision] {
    /// `3 body`, `4 everything`.
    var texts: [String] {
        map { "\($0.id) \($0.extent.rawValue)" }
    }
}

/// Bodies that have much in common, as a provider's do.
struct LikeBodies {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// A body of a kind, with a note that nobody else has.
    mutating func next(_ kind: String, note: String = "") -> [UInt8] {
        let lines = (0..<4).map { _ in
            """
            {"transactionDate":"2026-0\(number(9) + 1)-1\(number(10))","amount":"\(number(100_000)).\(number(90) + 10)",\
            "currency":"BRL","\(kind)Category":"TRANSFER_RECEIVED_\(kind)","counterpart":{"documentType":"CPF"}}
            """
        }
        let text = """
            {"eventType":"\(kind)","linkId":"\(number(.max))","note":"\(note)","institution":{"name":"Banco \(kind)",\
            "countryCode":"BR"},"\(kind)Transactions":[\(lines.joined(separator: ","))]}
            """
        return Array(text.utf8)
    }

    private mutating func number(_ limit: UInt64) -> UInt64 {
        random.next() % limit
    }
}
