import ArchiveTestKit
import BodyCompression
import Deliveries
import GRDB
import TestKit

@testable import Journal
@testable import ReportIndex

/// Archives for tests of retention and maintenance. The target of a delivery defines its report.
enum MaintenanceArchive {
    /// The time at which the ages of deliveries are computed.
    static let now = Timestamp.fixture.advanced(byMilliseconds: 1000 * dayMilliseconds)
    static let dayMilliseconds: Int64 = 86_400_000

    /// A delivery with one report. Deliveries with the same type and key contain the same report.
    static func delivery(
        source: String = "klavi", type: String = "income", key: String, person: String = "nobody", daysOld: Int64 = 100,
        verification: Verification = .verified, body: EncodedBody? = nil
    ) -> EncodedDelivery {
        .fixture(
            source: source, receivedAt: now.advanced(byMilliseconds: -daysOld * dayMilliseconds),
            target: "/\(type)/\(key)/\(person)", verification: verification, secretName: nil,
            body: body ?? .raw("body of \(source) \(type) \(key)"))
    }

    /// A parser for which the type `free` has no route, `misc` has the route `other`, and `junk` is unrecognised.
    static let parser = ReportParser { delivery in
        let parts = delivery.request.target.text.split(separator: "/").map(String.init)
        let type = parts[0] == "junk" ? ReportContent.unrecognisedType : parts[0]
        return [
            ReportContent(
                provider: "test", type: type, dedupeKey: "\(type) \(parts[1])",
                fields: [ReportField("person", parts[2])])
        ]
    } route: { _, type in
        let rule: RouteRule? = ["free": nil, ReportContent.unrecognisedType: nil, "misc": .other][
            type, default: .specific]
        return rule.map { Route(rule: $0, topic: "topic") }
    }

    /// Runs `body` with an archive of these deliveries that is indexed and open for writing.
    static func with<Value>(
        _ deliveries: [EncodedDelivery], _ body: (IndexArchive, ArchiveReader) async throws -> Value
    ) async throws -> Value {
        try await IndexArchive.with { archive in
            try await archive.commitTogether(deliveries)
            try archive.index(parser)
            return try await body(archive, archive.reader())
        }
    }
}

extension Retention {
    /// Retention terms for one source, in days.
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

extension IndexArchive {
    /// Places a legal hold. Returns its ID.
    func hold(_ subject: HoldRecord.Subject, reason: String = "claim 7") throws -> Int64 {
        try record(.hold(HoldRecord(subject: subject, reason: reason)), at: MaintenanceArchive.now)
    }

    func release(_ hold: Int64, at now: Timestamp = MaintenanceArchive.now) throws {
        try record(.holdRelease(HoldReleaseRecord(hold: hold)), at: now)
    }

    /// Applies pruning decisions and indexes their records.
    func carryOut(_ slice: PruningSlice, at now: Timestamp = MaintenanceArchive.now) throws -> [PruningDecision] {
        let done = try Pruner(reader(), writer, lastParser).carryOut(slice, at: now)
        try index()
        return done
    }

    /// Prunes one slice after another, like the command.
    @discardableResult
    func prune(by retention: Retention, now: Timestamp = MaintenanceArchive.now) throws -> [PruningDecision] {
        let reader = try reader()
        var pruned: [PruningDecision] = []
        var last: DeliveryID?
        repeat {
            let slice = try reader.pruning(by: retention, after: last, now: now)
            pruned += try Pruner(reader, writer, lastParser).carryOut(slice, at: now)
            last = slice.last
        } while last != nil
        try index()
        return pruned
    }

    /// Prunes the bodies of chosen deliveries. Returns their IDs.
    @discardableResult
    func prune(
        _ ids: [Int64], reason: String = "older than a year", at now: Timestamp = MaintenanceArchive.now
    ) throws -> [Int64] {
        let slice = try reader().pruning(of: ids.map(DeliveryID.init(rawValue:)), because: reason)
        return try carryOut(slice, at: now).map(\.id.rawValue)
    }

    /// Trains a dictionary for a scope, and adds the dictionary if the training recommends it.
    @discardableResult
    func train(_ scope: DictionaryScope) throws -> DictionaryProposal {
        let training = DictionaryTraining(try reader())
        let proposal = try training.propose(scope, current: try training.current(scope))
        if let dictionary = proposal.dictionary {
            _ = try writer.add(dictionary, for: scope, bodyCount: proposal.bodyCount, at: MaintenanceArchive.now)
        }
        return proposal
    }

    /// Compacts like the command. Returns the number of rewritten bodies.
    func compact() throws -> Int {
        let journal = try writer.reader()
        var count = 0
        var last: Int64?
        while true {
            let slice = try writer.compact(after: last, journal, retiring: []) { _ in nil }
            guard let end = slice.last else { return count }
            count += slice.rewrittenCount
            last = end
        }
    }

    /// The number of rows in the index that refer to missing rows.
    func orphanCount() throws -> Int64 {
        try reader().number(
            """
            SELECT (SELECT count(*) FROM field WHERE reportId NOT IN (SELECT id FROM report))
                + (SELECT count(*) FROM attempt WHERE reportId NOT IN (SELECT id FROM report))
                + (SELECT count(*) FROM identity WHERE reportId NOT IN (SELECT id FROM report))
                + (SELECT count(*) FROM report WHERE id >> 20 NOT IN (SELECT id FROM delivery))
                + (SELECT count(*) FROM attempt WHERE id >> 20 NOT IN (SELECT id FROM delivery))
                + (SELECT count(*) FROM delivery WHERE id NOT IN (SELECT position FROM entry))
                + (SELECT count(*) FROM fieldName WHERE id NOT IN (SELECT nameId FROM field))
                + (SELECT count(*) FROM category WHERE id NOT IN (SELECT categoryId FROM report))
            """)
    }
}

extension ArchiveReader {
    /// The decisions of a dry run.
    func plan(_ retention: Retention, now: Timestamp = MaintenanceArchive.now) throws -> [PruningDecision] {
        var decisions: [PruningDecision] = []
        var last: DeliveryID?
        repeat {
            let slice = try pruning(by: retention, after: last, now: now)
            decisions += slice.decisions
            last = slice.last
        } while last != nil
        return decisions
    }

    /// The IDs of the deliveries whose bodies can be read.
    func readableIDs() throws -> [Int64] {
        var ids: [Int64] = []
        try forEachIdentifier { id, _ in
            if try keptDelivery(id)?.pruning == nil { ids.append(id.rawValue) }
        }
        return ids
    }
}

extension [PruningDecision] {
    /// The decisions as text, such as `3 body` and `4 everything`.
    var texts: [String] {
        map { "\($0.id) \($0.extent.rawValue)" }
    }
}

extension ArchiveReader {
    /// The next slice of a pruning that applies confirmed retention settings.
    func pruning(by retention: Retention, after last: DeliveryID?, now: Timestamp) throws -> PruningSlice {
        try pruning(by: EffectiveRetention([retention]), after: last, now: now)
    }
}
