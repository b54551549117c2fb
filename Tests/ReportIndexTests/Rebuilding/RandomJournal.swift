import ArchiveTestKit
import Deliveries
import TestKit

@testable import Journal
@testable import ReportIndex

/// An archive that is filled step by step with every kind of entry. A seed determines the entries.
struct RandomJournal {
    /// `código` and `São`, each composed (NFC) and decomposed (NFD). The two forms are equal as Swift strings but
    /// differ as bytes.
    static let names = ["c\u{f3}digo", "co\u{301}digo"]
    static let values = ["S\u{e3}o", "Sa\u{303}o"]

    let archive: IndexArchive
    private var random: SplitMix64
    private var step: Int64 = 0
    /// The positions of the deliveries, links, follow-ups and holds so far.
    private var deliveries: [Int64] = []
    private var links: [Int64] = []
    private var followUps: [Int64] = []
    private var holds: [Int64] = []

    init(_ archive: IndexArchive, seed: UInt64) {
        self.archive = archive
        random = SplitMix64(seed: seed)
    }

    var now: Timestamp {
        QueryArchive.time(step * 3_600_000)
    }

    static let retention = Retention.of(keep: 1, keepMetadata: 4)

    /// Each line of a body is a report: type, key, link, name and value. `junk` is unrecognised.
    static let parser = ReportParser { delivery in
        let text = String(decoding: delivery.request.body, as: UTF8.self)
        guard text != "junk" else {
            return [
                ReportContent(
                    provider: delivery.source, type: ReportContent.unrecognisedType, dedupeKey: "\(delivery.id)",
                    problem: "no report")
            ]
        }
        return text.split(separator: "\n").map { line in
            let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            return ReportContent(
                provider: delivery.source, type: parts[0], dedupeKey: parts[1],
                providerTime: parts[1].utf8.count.isMultiple(of: 2) ? nil : delivery.request.receivedAt,
                externalInfo: #"{"value":"\#(parts[4])"}"#,
                fields: [ReportField("linkId", parts[2]), ReportField(parts[3], parts[4])])
        }
    } route: { source, type in
        if source == "certn" { return nil }
        return type.utf8.elementsEqual("a".utf8)
            ? Route(rule: .specific, topic: "topic") : Route(rule: .other, topic: names[1])
    }

    /// Performs the next step, which is random.
    mutating func next() async throws {
        step += 1
        let known = deliveries.randomElement(using: &random) ?? 1
        switch random.next() % 40 {
        case 0..<16: try await deliver(bodies())
        case 16: try await deliver("junk")
        case 17: try await deliverDamaged()
        case 18, 19: try release()
        case 20, 21: holds.append(try record(.hold(HoldRecord(subject: holdSubject(known), reason: "claim"))))
        case 22: try record(.holdRelease(HoldReleaseRecord(hold: holds.randomElement(using: &random) ?? 1)))
        case 23: try record(.replay(.fixture(deliveryID: known, startedAt: now)))
        case 24:
            let run = try record(
                .replayRun(
                    ReplayRunRecord(
                        startedAt: now, url: "http://h/", deliveryCount: 1, itemCount: 1, byteCount: 1, options: "")))
            try record(
                .replay(.fixture(deliveryID: known, startedAt: now, place: ReplayRecord.Place(run: run, item: 0))))
            try record(.replayRunChange(ReplayRunChangeRecord(run: run, at: now, change: .ended)))
        case 25: links.append(try record(.link(linkOrder())))
        case 26: try record(.linkChange(LinkChangeRecord(link: LinkID(rawValue: link()), change: linkChange())))
        case 27: followUps.append(try record(.followUp(followUpOrder(known))))
        case 28, 29: try record(.followUpAttempt(followUpAttempt(known)))
        case 30: try record(.followUpCursor(FollowUpCursorRecord(position: DeliveryID(rawValue: known))))
        case 31: try record(.retention(RetentionRecord(settings: "keep \(step)", isConfirmed: step % 2 == 0)))
        case 32:
            guard
                let access = AccessRecord(user: "ana", command: "show", subject: "\(known)", reason: text(Self.values))
            else {
                return
            }
            try record(.access(access))
        case 33..<36:
            try archive.prune([known, deliveries.randomElement(using: &random) ?? 1], reason: "erasure", at: now)
        case 36, 37: try archive.prune(by: Self.retention, now: now)
        default:
            // The deliveries are chosen without a plan, so a first arrival may be removed before its repeats. This also
            // happens if a repeat arrives after planning.
            let ids = [known, deliveries.randomElement(using: &random) ?? 1].map(DeliveryID.init(rawValue:))
            _ = try archive.writer.removeEntries(Array(Set(ids)), reason: "expired", holdsKnownUpTo: .max, at: now)
        }
    }

    private mutating func text(_ texts: [String]) -> String {
        texts.randomElement(using: &random) ?? ""
    }

    private mutating func number(_ limit: UInt64) -> Int64 {
        Int64(random.next() % limit)
    }

    private mutating func bodies() -> String {
        (0...number(3)).map { _ in
            let type = text(["a", "b"] + Self.names)
            return "\(type)|\(number(12))|\(number(4))|\(text(Self.names))|\(text(Self.values + ["1"]))"
        }.joined(separator: "\n")
    }

    private mutating func encoded(_ body: String, _ verification: Verification? = nil) -> EncodedDelivery {
        .fixture(
            source: text(["klavi", "klavi", "certn"]), receivedAt: now,
            verification: verification ?? [.verified, .unverified, .fetched].randomElement(using: &random) ?? .verified,
            secretName: text(Self.names), body: .raw(body))
    }

    private mutating func deliver(_ body: String) async throws {
        try await archive.commitAll([encoded(body)])
        deliveries.append(try archive.writer.reader().end()?.position ?? 0)
    }

    private mutating func deliverDamaged() async throws {
        try await deliver(bodies())
        let last = deliveries.last ?? 0
        try PlainConnection.damage(
            archive.directory.journal.path,
            "UPDATE entry SET body = CAST('damaged' AS BLOB), encoding = 1 WHERE position = \(last)")
    }

    private mutating func release() throws {
        let delivery = encoded(bodies(), .failed)
        let record = ReleaseRecord(
            delivery: delivery.uuid, quarantineID: step, verification: .failed, reason: "no signature",
            forcedBecause: number(2) == 0 ? nil : text(Self.values))
        let positions = try archive.writer.append([.delivery(delivery), .record(.release(record))], at: now)
        deliveries.append(positions[0])
    }

    @discardableResult
    private func record(_ record: JournalRecord) throws -> Int64 {
        try archive.writer.append(record, at: now)
    }

    private mutating func holdSubject(_ known: Int64) -> HoldRecord.Subject {
        number(2) == 0
            ? .delivery(DeliveryID(rawValue: known)) : .field(ReportField(text(Self.names), text(Self.values)))
    }

    private mutating func linkOrder() -> LinkOrder {
        LinkOrder(
            provider: "klavi", api: "https://api.example", keys: [ReportField("linkId", "\(number(4))")],
            expectations: [
                LinkExpectation("a"), LinkExpectation("b", field: ReportField(text(Self.names), text(Self.values))),
            ],
            externalInfo: #"{"n":1}"#, expiresAt: number(2) == 0 ? nil : now)
    }

    private mutating func link() -> Int64 {
        links.randomElement(using: &random) ?? 1
    }

    private mutating func linkChange() -> LinkChange {
        [
            .created(keys: [ReportField("linkId", "9"), ReportField(text(Self.names), "x")], expiresAt: nil),
            .failed(note: text(Self.values)), .cancelled, .dismissed(note: ""), .rescheduled(expiresAt: now),
        ].randomElement(using: &random) ?? .cancelled
    }

    private mutating func followUpOrder(_ known: Int64) -> FollowUpOrder {
        FollowUpOrder(
            source: "certn", task: "centric-case", subject: text(Self.values + ["1", "2"]),
            cause: DeliveryID(rawValue: known))
    }

    private mutating func followUpAttempt(_ known: Int64) -> FollowUpAttemptRecord {
        let outcome: FollowUpOutcome =
            [
                .done(DeliveryID(rawValue: known)), .done(nil), .retry(at: now, problem: "503"),
                .failed(problem: "404"),
            ].randomElement(using: &random) ?? .done(nil)
        return FollowUpAttemptRecord(followUp: followUps.randomElement(using: &random) ?? 1, outcome: outcome)
    }
}
