import Deliveries
import Foundation
import Journal
import Providers
import Quarantine
import ServerTestKit
import StrictJSON
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex
@testable import TerminalOutput

@Suite("The output of tail for people and programs")
struct TailLinesTests {
    private static func arrived(
        _ report: ReportSummary = .fixture(externalInfo: nil), releasedFrom: Int64? = nil
    ) -> FeedEvent {
        .arrived(FeedArrival(report: report, releasedFrom: releasedFrom.map(QuarantineID.init(rawValue:))))
    }

    private static func rejected(
        source: String = "klavi", target: String = "/klavi?code=t0p", reason: String = "no signature header"
    ) -> FeedEvent {
        .rejected(
            RejectedArrival(
                id: QuarantineID(rawValue: 17), receivedAt: .fixture, source: source, method: "POST",
                target: target, peer: "192.0.2.1", verification: .failed, reason: reason, bodyByteCount: 7,
                bodySHA256: .digestFixture))
    }

    private static func replayed(_ outcome: ReplayRecord.Outcome) -> FeedEvent {
        .replayed(
            FeedReplay(
                number: 1,
                record: ReplayRecord(
                    deliveryID: DeliveryID(rawValue: 42), startedAt: .fixture, method: "POST",
                    url: "http://localhost:3000/", durationMilliseconds: 12, outcome: outcome)))
    }

    private static let responded = ReplayRecord.Outcome.responded(
        status: 200, responseByteCount: 2, responseSHA256: .digestFixture)

    private static func text(
        _ events: [(FeedEvent, Int?)], _ format: StreamFormat = .table, width: Int? = nil, clock: DayClock = .utc
    ) throws -> [String] {
        let recorded = RecordedOutput()
        var console = recorded.console(isTerminal: width != nil, width: width ?? 100)
        console.clock = clock
        var output = TailListing(format, .standard, on: console)
        for (event, response) in events { try output.write(event, response: response) }
        try output.finishDelivery()
        return recorded.text.split(separator: "\n").map(String.init)
    }

    @Test("tail prints a line for each event, for the response to each delivery, and for each new day")
    func lines() throws {
        let second = ReportSummary.fixture(ordinal: 2, route: nil, problem: "not read", verification: .unverified)
        #expect(
            try Self.text([
                (Self.arrived(), 200), (Self.arrived(second), 200),
                (Self.arrived(.fixture(deliveryID: 43, externalInfo: nil, verification: .fetched)), nil),
                (Self.arrived(.fixture(deliveryID: 44, externalInfo: nil), releasedFrom: 16), nil),
                (Self.rejected(), 401), (Self.replayed(Self.responded), nil),
                (Self.replayed(.failed("nothing listens there")), nil),
            ]) == [
                "--- 2026-11-02 UTC ---",
                "10:00:00 --> klavi pf_checking_account [42] verified · checking",
                "10:00:00 --> klavi pf_checking_account [42.2] unverified · unrouted · not read  traceId=t-1",
                "10:00:00 <-- [200]",
                "10:00:00 --> klavi pf_checking_account [43] fetched · checking",
                "10:00:00 --> klavi pf_checking_account [44] verified · checking · from quarantine [q16]",
                "10:00:00 --> klavi [q17] failed: no signature header",
                "10:00:00 <-- [401]",
                "10:00:00 === replay [42] → 200  POST http://localhost:3000/ in 12 ms",
                "10:00:00 === replay [42] failed: nothing listens there  POST http://localhost:3000/ in 12 ms",
            ])
    }

    @Test("a repeated report names the delivery of its first arrival")
    func attempt() throws {
        let report = ReportSummary(
            reportID: ReportID(rawValue: 42 << 20 | 1), arrivalID: ReportID(rawValue: 43 << 20 | 1),
            deliveryID: DeliveryID(rawValue: 43), ordinal: 1, receivedAt: .fixture, source: "klavi", provider: "klavi",
            type: "Income", providerTime: nil, route: nil, externalInfo: nil, problem: nil, attemptCount: 2,
            lastDeliveryID: DeliveryID(rawValue: 43), lastReceivedAt: .fixture, verification: .verified,
            secretName: nil,
            bodyByteCount: 0, storedByteCount: 0, bodySHA256: [], attemptNumber: 2, isBodyPruned: false)
        #expect(
            try Self.text([(Self.arrived(report), 200)])[1]
                == "10:00:00 --> klavi Income [43] attempt 2, first [42] · verified · unrouted")
        let json = try Self.text([(Self.arrived(report), 200)], .ndjson)[0]
        #expect(json.hasPrefix(#"{"event":"attempt","id":43,"#))
        #expect(json.hasSuffix(#","firstId":42,"response":200,"releasedFrom":null}"#))
    }

    @Test("no line is wider than the terminal", arguments: [40, 60, 80, 160])
    func width(width: Int) throws {
        let report = ReportSummary.fixture(type: String(repeating: "k", count: 90))
        for line in try Self.text([(Self.arrived(report), 200), (Self.rejected(), 401)], width: width) {
            #expect(line.count <= width)
        }
        #expect(try Self.text([(Self.arrived(report), 200)], width: 40)[1].hasSuffix("…"))
    }

    @Test("the day and the time are in the time zone of the console")
    func clock() throws {
        let zone = try #require(TimeZone(secondsFromGMT: 14 * 3600 + 1800))
        let lines = try Self.text([(Self.arrived(), nil)], clock: DayClock(zone: zone))
        #expect(lines[0].hasPrefix("--- 2026-11-03 GMT"))
        #expect(lines[1].hasPrefix("00:30:00 --> "))
        let wild = DayClock(zone: zone).parts(of: Timestamp(millisecondsSinceEpoch: .max))
        #expect(wild.time == "--:--:--")
    }

    @Test("with ndjson, each event is an object on one line")
    func ndjson() throws {
        let lines = try Self.text(
            [(Self.arrived(), 303), (Self.rejected(), 401), (Self.replayed(Self.responded), nil)], .ndjson)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix(#"{"event":"report","id":42,"ordinal":1,"#))
        #expect(lines[0].hasSuffix(#""response":303,"releasedFrom":null}"#))
        let digest = Hex.encode([UInt8].digestFixture)
        #expect(
            lines[1] == #"{"event":"quarantined","id":17,"receivedAt":"2026-11-02T10:00:00.250Z","source":"klavi","#
                + #""method":"POST","target":"/klavi?code=[masked]","peer":"192.0.2.1","verification":"failed","#
                + #""reason":"no signature header","bodyBytes":7,"bodySHA256":"\#(digest)","response":401}"#)
        #expect(
            lines[2] == #"{"event":"replay","id":42,"startedAt":"2026-11-02T10:00:00.250Z","method":"POST","#
                + #""url":"http://localhost:3000/","durationMilliseconds":12,"status":200,"responseBytes":2,"#
                + #""responseSHA256":"\#(digest)"}"#)
    }

    @Test("with ndjson on a terminal, personal data of a rejected target is masked", arguments: [nil, 200])
    func personalData(width: Int?) throws {
        let event = Self.rejected(target: "/ezid?code=t0p&login_hint=ana@example.com")
        let target = width == nil ? "ana@example.com" : "a•••@example.com"
        #expect(try Self.text([(event, 401)], .ndjson, width: width)[0].contains("code=[masked]&login_hint=\(target)"))
    }

    @Test("no stored text can control a terminal", arguments: StreamFormat.allCases)
    func hostile(format: StreamFormat) throws {
        let hostile = HostileText.sample
        let report = ReportSummary.fixture(
            source: hostile, provider: hostile, type: hostile, route: Route(rule: .other, topic: hostile),
            externalInfo: #"{"a":"\u001b[2J"}"#, problem: hostile)
        let events: [(FeedEvent, Int?)] = [
            (Self.arrived(report), 200), (Self.rejected(source: hostile, reason: hostile), 401),
            (Self.replayed(.failed(hostile)), nil),
        ]
        let lines = try Self.text(events, format)
        #expect(lines.count == (format == .table ? 6 : 3))
        for line in lines { #expect(HostileText.hostile(in: line).isEmpty) }
    }
}
