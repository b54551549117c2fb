import Deliveries
import Testing

@testable import CallboxCommands
@testable import ReportArchive

@Suite("What the command line asks of a running server")
struct ControlRequestTests {
    private static func record(
        method: String = "POST", url: String = "http://localhost:3000/hook", duration: Int64 = 12,
        outcome: ReplayRecord.Outcome = .answered(
            status: 200, responseByteCount: 1536, responseSHA256: .digestFixture)
    ) -> ReplayRecord {
        ReplayRecord(
            deliveryID: DeliveryID(rawValue: 42), startedAt: Timestamp(millisecondsSinceEpoch: 1_793_613_600_250),
            method: method, url: url, durationMilliseconds: duration, outcome: outcome)
    }

    private static func access(reason: String? = nil) -> AccessRecord {
        guard let record = AccessRecord(user: "ana", command: "show --reveal", what: "42", reason: reason) else {
            fatalError("the texts are short")
        }
        return record
    }

    @Test(
        "a record of an access that lacks something, or has too much of it, is none",
        arguments: [
            ("\"user\":\"ana\"", "\"user\":\"\""), ("\"user\":\"ana\"", "\"x\":\"ana\""), ("\"ana\"", "7"),
            ("\"command\"", "\"x\""), ("\"what\":\"42\"", "\"what\":42"), ("\"what\"", "\"x\""),
            ("\"reason\":null", "\"reason\":\"\""), ("\"reason\":null", "\"reason\":7"),
            ("\"reason\":null", "\"x\":null"),
            ("\"42\"", "\"\(String(repeating: "4", count: AccessRecord.textByteCountLimit + 1))\""),
        ])
    func damagedAccess(part: String, replacement: String) throws {
        let good = ControlRequest.recordAccess(Self.access()).body
        let damaged = good.replacing(part, with: replacement)
        try #require(damaged != good)
        #expect(ControlRequest(path: "/access", body: Array(damaged.utf8)) == nil)
        #expect(ControlRequest(path: "/access", body: Array(good.utf8)) != nil)
    }

    @Test(
        "a request is read back as it was written",
        arguments: [
            .recordAccess(access()), .recordAccess(access(reason: "claim \"7\"\n\u{202e}")),
            .rebuild, .recordReplay(record()), .recordReplay(record(method: "", url: "", duration: 0)),
            .recordReplay(
                record(method: "GET\r\n", url: "http://h/\"\\\u{0}é\u{202e}", duration: 999_999_999_999_999_999)),
            .recordReplay(
                record(outcome: .answered(status: 100, responseByteCount: 0, responseSHA256: .digestFixture))),
            .recordReplay(
                record(outcome: .answered(status: 999, responseByteCount: 0, responseSHA256: .digestFixture))),
            .recordReplay(record(outcome: .failed(""))), .recordReplay(record(outcome: .failed("nothing \"there\"\n"))),
        ] as [ControlRequest])
    func roundTrip(request: ControlRequest) {
        #expect(ControlRequest(path: request.path, body: Array(request.body.utf8)) == request)
    }

    @Test("each request has a path of its own, and is not understood at another one's")
    func paths() {
        let replay = ControlRequest.recordReplay(Self.record())
        #expect(replay.path == "/replays")
        #expect(ControlRequest.rebuild.path == "/rebuild")
        #expect(ControlRequest(path: "/replays", body: Array(ControlRequest.rebuild.body.utf8)) == nil)
    }

    @Test(
        "another path, or a body that is no JSON, is none",
        arguments: [
            ("/", "{}"), ("", "{}"), ("/rebuild/", "{}"), ("/Rebuild", "{}"), ("/rebuild/x", "{}"), ("/rebuild", ""),
            ("/rebuild", "{"), ("/rebuild", "{}{}"), ("/replays", ""), ("/replays", "[]"), ("/replays", "{}"),
            ("/replays", "7"),
        ])
    func junk(path: String, body: String) {
        #expect(ControlRequest(path: path, body: Array(body.utf8)) == nil)
    }

    private static let good = ControlRequest.recordReplay(record()).body

    @Test(
        "a record that lacks something or says something impossible is none",
        arguments: [
            ("\"deliveryId\":42", "\"x\":42"), ("\"deliveryId\":42", "\"deliveryId\":\"42\""),
            ("\"deliveryId\":42", "\"deliveryId\":-42"), ("\"deliveryId\":42", "\"deliveryId\":4.2"),
            ("\"deliveryId\":42", "\"deliveryId\":4e2"), ("\"deliveryId\":42", "\"deliveryId\":99999999999999999999"),
            ("\"deliveryId\":42", "\"deliveryId\":null"), ("1793613600250", "true"), ("1793613600250", "-1"),
            ("\"POST\"", "null"), ("\"POST\"", "7"), ("\"url\"", "\"uri\""),
            ("\"durationMilliseconds\":12", "\"a\":12"),
            ("\"durationMilliseconds\":12", "\"durationMilliseconds\":-1"), ("\"status\":200", "\"status\":99"),
            ("\"status\":200", "\"status\":1000"), ("\"status\":200", "\"state\":200"),
            ("\"responseByteCount\":1536", "\"responseByteCount\":-1"), ("\"responseByteCount\"", "\"x\""),
            ("\"responseSHA256\":\"ab", "\"responseSHA256\":\"zz"),
            ("\"responseSHA256\":\"ab", "\"responseSHA256\":\""),
            ("\"responseSHA256\":\"ab", "\"responseSHA256\":\"abab"), ("\"responseSHA256\":\"ab", "\"x\":\"ab"),
        ])
    func damaged(part: String, replacement: String) throws {
        let damaged = Self.good.replacing(part, with: replacement)
        try #require(damaged != Self.good)
        #expect(ControlRequest(path: "/replays", body: Array(damaged.utf8)) == nil)
        #expect(ControlRequest(path: "/replays", body: Array(Self.good.utf8)) != nil)
    }

    @Test("bytes that are not UTF-8 are no trap")
    func notUTF8() {
        #expect(ControlRequest(path: "/replays", body: [0xff, 0xfe]) == nil)
        let body = Array(Self.good.utf8).map { $0 == UInt8(ascii: "P") ? 0xff : $0 }
        let request = ControlRequest(path: "/replays", body: body)
        #expect(request == .recordReplay(Self.record(method: "\u{fffd}OST")))
    }
}
