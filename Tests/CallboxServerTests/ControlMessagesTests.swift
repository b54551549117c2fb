import CallboxConfiguration
import Deliveries
import Foundation
import Journal
import Quarantine
import Replication
import ReportIndex
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer
@testable import ControlSocket

@Suite("The messages between commands and a running server")
struct ControlMessagesTests {
    private static let hostile = "p\u{0}\"\\\u{202e}\r\n=é"

    private static let order = LinkOrder(
        provider: "klavi", api: "https://api.example/é",
        keys: [ReportField("linkId", "1"), ReportField("\"", "\u{0}")],
        expectations: [
            LinkExpectation("pf_income"), LinkExpectation("applicant", field: ReportField("report_status", "COMPLETE")),
        ],
        externalInfo: #"{"traceId":"\u0000\"x"}"#, expiresAt: .fixture)

    private static func replay(_ outcome: ReplayRecord.Outcome, url: String = "http://localhost:3000/") -> ReplayRecord
    {
        ReplayRecord(
            deliveryID: DeliveryID(rawValue: 42), startedAt: .fixture, method: "POST", url: url,
            durationMilliseconds: 999_999_999_999_999_999, outcome: outcome)
    }

    private static func change(_ change: LinkChange) -> JournalRecord {
        .linkChange(LinkChangeRecord(link: LinkID(rawValue: 42), change: change))
    }

    private static let records: [JournalRecord] =
        [
            .hold(HoldRecord(subject: .delivery(DeliveryID(rawValue: 42)), reason: hostile)),
            .hold(HoldRecord(subject: .field(ReportField("externalInfo.customer", hostile)), reason: "audit")),
            .holdRelease(HoldReleaseRecord(hold: 4)),
            .replay(replay(.responded(status: 200, responseByteCount: 1536, responseSHA256: .digestFixture))),
            .replay(replay(.failed(hostile), url: hostile)), .replay(replay(.failed(""), url: "")),
            .link(order), .link(LinkOrder(provider: hostile, api: "")),
            change(.created(keys: [], expiresAt: nil)), change(.created(keys: order.keys, expiresAt: .fixture)),
            change(.failed(note: hostile)), change(.cancelled), change(.dismissed(note: "")),
            change(.rescheduled(expiresAt: Timestamp(millisecondsSinceEpoch: 0))),
            .followUp(FollowUpOrder(source: "certn", task: "centric-case", subject: hostile)),
            .followUpCursor(FollowUpCursorRecord(position: DeliveryID(rawValue: 7))),
            .retention(RetentionRecord(settings: Retention().settings, isConfirmed: true)),
        ]
        + [nil, "claim \"7\"\n\u{202e}"].compactMap { reason in
            AccessRecord(user: "ana", command: "show --reveal", subject: "42", reason: reason).map { .access($0) }
        }

    private static func imported(_ body: [UInt8]) -> ImportedDelivery {
        let request = Sample.named("klavi/link-created-event").request
        var generator = SplitMix64(seed: 9)
        return ImportedDelivery(
            uuid: UUIDv7(at: request.receivedAt, using: &generator), source: "klavi", receivedAt: request.receivedAt,
            method: request.method, target: request.target.text, peer: request.peer,
            headers: [HeaderField("A", hostile), HeaderField("a", ""), HeaderField("A", "2")], body: body,
            claimed: .expired)
    }

    static let requests: [ControlRequest] =
        records.map { .append([.record($0)]) } + [
            .append([]), .append(records.map { .record($0) }),
            .append([
                .delivery(imported([0xff, 0, 0x22]), checksSignature: true),
                .delivery(imported([]), checksSignature: false),
            ]),
            .run(.prune(settings: Retention().settings)), .run(.prune(settings: "")),
            .run(.pruneBodies([], reason: "x")),
            .run(.pruneBodies([DeliveryID(rawValue: 1), DeliveryID(rawValue: 9)], reason: hostile)),
            .run(.compact(fromStart: true, trains: false)), .run(.reindex),
            .run(.release(QuarantineID(rawValue: 1), forcedBecause: nil)),
            .run(.release(QuarantineID(rawValue: 999_999_999_999), forcedBecause: hostile)),
            .run(.deleteQuarantined(QuarantineID(rawValue: 7))), .run(.emptyQuarantine),
            .reload, .replicationStatus,
        ]

    private static let replication: ReplicationStatus = {
        var status = ReplicationStatus()
        status.followers = [.init(node: "a", lagCount: .max, quietMilliseconds: 7, isConnected: true)]
        status.copy = .init(primaryPosition: 9, isConnected: false, problem: hostile)
        return status
    }()

    @Test("a request is unchanged after encoding and decoding", arguments: requests)
    func request(request: ControlRequest) throws {
        #expect(try Self.roundTrip(request) == request)
    }

    @Test(
        "a response is unchanged after encoding and decoding",
        arguments: [
            .progress(hostile), .appended(AppendedEntries()),
            .appended(AppendedEntries(positions: [4, 5, .max], verifiedCount: 2)),
            .finished(.pruned(PruneTotals(bodyCount: 1, deliveryCount: 2, byteCount: 3))),
            .finished(.compacted(CompactionTotals(trainedCount: 1, rewrittenCount: 2, byteCountAfter: .max))),
            .reloaded(LiveConfiguration.Reload(sources: ["klavi"], needingRestart: ["listen"])),
            .finished(.reindexed), .finished(.released(DeliveryID(rawValue: 9))), .finished(.deleted(0)),
            .replication(ReplicationStatus()), .replication(replication),
            .failed(FailureReport(status: 1, message: hostile, advice: nil)),
            .failed(FailureReport(status: 75, message: "", advice: "Try again.")),
        ] as [ControlResponse])
    func response(response: ControlResponse) throws {
        #expect(try Self.roundTrip(response) == response)
    }

    /// The JSON of a request, without the length that precedes it in a frame.
    static func json(of request: ControlRequest) throws -> [UInt8] {
        Array(try ControlCoding.encode(request, byteCountLimit: 1 << 20).dropFirst(4))
    }

    static func request(from json: [UInt8]) throws -> ControlRequest {
        try ControlCoding.decode(ControlRequest.self, from: Data(json))
    }

    private static func roundTrip<Message: Codable>(_ message: Message) throws -> Message {
        let frame = try ControlCoding.encode(message, byteCountLimit: 1 << 20)
        return try ControlCoding.decode(Message.self, from: frame.dropFirst(4))
    }

    @Test(
        "JSON with a missing member or an impossible value is not a request",
        arguments: [
            "{}", "[]", "7", "null", #"{"append":{}}"#, #"{"append":{"_0":{}}}"#, #"{"append":{"_0":[{}]}}"#,
            #"{"run":{}}"#, #"{"run":{"_0":{}}}"#, #"{"run":{"_0":{"vacuum":{}}}}"#, #"{"run":{"_0":{"prune":{}}}}"#,
            #"{"run":{"_0":{"prune":{"settings":7}}}}"#, #"{"run":{"_0":{"pruneBodies":{"_0":[1]}}}}"#,
            #"{"run":{"_0":{"pruneBodies":{"_0":[1,"2"],"reason":"x"}}}}"#,
            #"{"run":{"_0":{"release":{"_0":"3"}}}}"#, #"{"run":{"_0":{"release":{"_0":3.5}}}}"#,
            #"{"run":{"_0":{"release":{}}}}"#, #"{"run":{"_0":{"deleteQuarantined":{}}}}"#,
            #"{"run":{"_0":{"deleteQuarantined":{"_0":"3"}}}}"#,
            #"{"run":{"_0":{"deleteQuarantined":{"_0":99999999999999999999}}}}"#,
            #"{"run":{"_0":{"compact":{"trains":true}}}}"#,
            #"{"append":{"_0":[{"record":{"_0":{"hold":{"_0":{}}}}}]}}"#,
            #"{"append":{"_0":[{"record":{"_0":{"unknown":{"_0":{}}}}}]}}"#,
            #"{"append":{"_0":[{"record":{"_0":{"holdRelease":{"_0":{"hold":"1"}}}}}]}}"#,
        ])
    func damaged(json: String) {
        #expect(throws: ControlFailure.self) {
            try ControlCoding.decode(ControlRequest.self, from: Data(json.utf8))
        }
    }

    @Test("each member of a request is required")
    func torn() throws {
        for request in Self.requests {
            let json = String(decoding: try Self.json(of: request), as: UTF8.self)
            for name in ["_0", "settings", "command", "fromStart", "trains", "checksSignature", "subject", "link"] {
                let damaged = json.replacing("\"\(name)\":", with: "\"x\":")
                // A missing optional member is valid.
                guard damaged != json, !json.contains("\"\(name)\":null") else { continue }
                #expect(throws: ControlFailure.self, "\(damaged)") {
                    try ControlCoding.decode(ControlRequest.self, from: Data(damaged.utf8))
                }
            }
        }
    }
}
