import Deliveries
import Dispatch
import Foundation
import HTTPListener
import Logging
import Quarantine
import ServerTestKit
import Synchronization
import TerminalOutput
import TestKit
import Testing

@testable import CallboxServer
@testable import Intake

@Suite("The log of requests", .offPool)
struct IntakeLogTests {
    private static func text(
        at level: Logger.Level = .info, access: (@Sendable (RequestRecord) -> Void)? = nil, _ body: (IntakeLog) -> Void
    ) -> [String] {
        let log = RecordedLog()
        let metrics = ServerMetrics(sources: ["klavi"], now: { .fixture })
        body(IntakeLog(log.logger(level: level), metrics, access: access))
        return log.lines
    }

    private static let request = InboundRequest(
        method: "POST", target: RequestTarget("/klavi/x?token=t0p"),
        headers: [HeaderField("X-Klavi-Signature", "5ec4e7")], body: Array("b0dy".utf8), peer: "192.0.2.1",
        receivedAt: .fixture)

    private static func event(
        _ outcome: IntakeEvent.Outcome, source: String? = "klavi", status: Int = 401
    ) -> IntakeEvent {
        IntakeEvent(request: RequestSummary(request), source: source, status: status, outcome: outcome)
    }

    private static var arrival: IntakeEvent.Outcome {
        var generator = SplitMix64(seed: 1)
        let encoded = EncodedDelivery(
            uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi", receivedAt: .fixture,
            verification: .verified, secretName: "primary",
            head: EncodedHead(storedBytes: [], sha256: .digestFixture),
            body: EncodedBody(encoding: .zlib, storedBytes: [1, 2, 3], byteCount: 9, sha256: .digestFixture),
            salt: .saltFixture)
        return .archived(.init(DeliveryID(rawValue: 42), encoded))
    }

    /// `RequestID.none`, as in a log line.
    private static let id = "request=000000000000000"

    @Test("the last line contains the number of requests by outcome")
    func summary() {
        let lines = Self.text { log in
            log.note(Self.event(Self.arrival, status: 200))
            for _ in 0..<2 { log.note(Self.event(.handshake("connectivity test"), status: 200)) }
            for _ in 0..<3 { log.note(Self.event(.unverified(reason: "no signature header", isQuarantined: false))) }
            for _ in 0..<4 { log.note(Self.event(.unknownPath, source: nil, status: 404)) }
            for _ in 0..<5 { log.note(ListenerEvent.malformedRequest(.tls, peer: "192.0.2.1")) }
            log.summarise()
        }
        #expect(lines.last == "info served archived=1 handshakes=2 malformed=5 rejected=7 unquarantined=3")
    }

    @Test("a flood of handshakes results in 20 lines and a count")
    func floodOfHandshakes() {
        let lines = Self.text { log in
            for _ in 0..<500 { log.note(Self.event(.handshake("connectivity test"), status: 200)) }
            log.flushRepeats()
            log.note(Self.event(.handshake("connectivity test"), status: 200))
        }
        #expect(lines.count == 22)
        #expect(lines[20] == "info further handshakes count=480")
    }

    @Test("the log line of a rejection has the peer, the path without query, the reason and the quarantine ID")
    func rejection() {
        let rejected = "path=/klavi/x?… peer=192.0.2.1"
        let lines = Self.text { log in
            log.note(Self.event(.unverified(reason: "no signature header", isQuarantined: true)))
            let delivery = QuarantinedDelivery(
                uuid: UUIDv7.fixture, source: "klavi", request: Self.request, verification: .failed,
                reason: "no signature header", bodySHA256: .digestFixture)
            log.note(delivery, storedAs: QuarantineID(rawValue: 10))
            log.note(Self.event(.rejected(reason: "queue full"), status: 503))
            log.note(Self.event(.unknownPath, source: nil, status: 404))
        }
        #expect(
            lines == [
                "warning rejected method=POST \(rejected) quarantine=q10 reason=no signature header \(Self.id) "
                    + "source=klavi status=401",
                "warning rejected method=POST \(rejected) reason=queue full \(Self.id) source=klavi status=503",
                "warning rejected method=POST \(rejected) reason=no source at this path \(Self.id) source=- status=404",
            ])
    }

    @Test("a rejection by the listener is logged with its reason, its path if known, and the number of repeats")
    func listenerRejection() {
        let lines = Self.text { log in
            for _ in 0..<3 {
                log.note(ListenerEvent.rejected(status: 400, peer: "192.0.2.1", target: RequestTarget("/a?x=t0p")))
            }
            for status in [408, 413, 414, 431] { log.note(ListenerEvent.rejected(status: status, peer: "192.0.2.1")) }
            log.note(ListenerEvent.malformedRequest(.ssh, peer: "192.0.2.1"))
            log.note(ListenerEvent.rejected(status: 503, peer: "192.0.2.1"))
            log.flushRepeats()
        }
        let reason = "the request does not have exactly one valid Host header, or has Transfer-Encoding in HTTP/1.0"
        let host = "peer=192.0.2.1 reason=\(reason) source=- status=400"
        #expect(lines.first == "info rejected path=/a?… \(host)")
        #expect(
            lines[1...4].map { String($0) } == [
                "info rejected peer=192.0.2.1 reason=the request took too long to arrive source=- status=408",
                "info rejected peer=192.0.2.1 reason=the body is too large source=- status=413",
                "info rejected peer=192.0.2.1 reason=the request target is too long source=- status=414",
                "info rejected peer=192.0.2.1 reason=the header lines are too many or too long source=- status=431",
            ])
        #expect(lines[5] == "info rejected peer=192.0.2.1 reason=an SSH banner source=- status=400")
        #expect(lines[6] == "warning rejected peer=192.0.2.1 reason=busy or stopping source=- status=503")
        #expect(lines[7...] == ["info rejected again count=2 \(host)"])
    }

    @Test("equal rejections are logged once and then counted")
    func repeats() {
        let lines = Self.text { log in
            for _ in 0..<1000 { log.note(Self.event(.rejected(reason: "queue full"), status: 503)) }
            log.note(Self.event(.rejected(reason: "disk full"), status: 503))
            log.flushRepeats()
            log.flushRepeats()
        }
        #expect(lines.count == 3)
        #expect(
            lines.last == "warning rejected again count=999 peer=192.0.2.1 reason=queue full source=klavi status=503")
    }

    @Test("rejections that differ only in a number are counted under the reason of the first rejection")
    func repeatsOfReason() {
        let lines = Self.text { log in
            for age in 312..<315 {
                log.note(Self.event(.rejected(reason: "the signed time is \(age) s off"), status: 503))
            }
            log.flushRepeats()
        }
        #expect(lines.count == 2)
        #expect(lines[1].contains("count=2 peer=192.0.2.1 reason=the signed time is 312 s off "))
    }

    @Test("if there are too many kinds of rejections, the additional kinds share one count")
    func bound() {
        let log = RecordedLog()
        let rejections = RejectionLog(log.logger())
        for number in 0..<(RejectionLog.keyCountLimit + 7) {
            rejections.note(Rejection(source: nil, status: 404, reason: "x", peer: "\(number)"))
        }
        #expect(log.lines.count == RejectionLog.keyCountLimit)
        rejections.flush()
        #expect(log.lines.last == "warning further rejections count=7")
    }

    @Test("a delivery is logged only at the debug level, and no line shows a body, a header value or a query")
    func secrecy() {
        let lines = Self.text(at: .trace) { log in
            log.note(Self.event(Self.arrival, status: 200))
            log.note(Self.event(.handshake("challenge"), status: 200))
            log.note(Self.event(.rejected(reason: "x")))
            log.note(ListenerEvent.rejected(status: 400, peer: "192.0.2.1", target: RequestTarget("/a?x=t0p")))
        }
        #expect(
            lines.first
                == "debug delivery archived body.bytes=9 body.sha256=abababababababab delivery.id=42 \(Self.id) "
                + "secret=primary source=klavi stored.bytes=3 verification=verified")
        #expect(lines.allSatisfy { line in !["t0p", "5ec4e7", "b0dy"].contains { line.contains($0) } })
        #expect(Self.text { $0.note(Self.event(Self.arrival, status: 200)) }.isEmpty)
    }

    @Test("a terminal gets one line per request, and the access log gets all members")
    func access() throws {
        let kept = Mutex<[RequestRecord]>([])
        _ = Self.text(access: { record in kept.withLock { $0.append(record) } }) { log in
            log.note(Self.event(Self.arrival, status: 200))
            log.note(Self.event(.unknownPath, source: nil, status: 404))
        }
        let records = kept.withLock { $0 }
        #expect(records.map(\.status) == [200, 404])
        #expect(records.map(\.verification) == [.verified, nil])
        let record = RequestRecord(
            request: RequestSummary(Self.request), source: "klavi", status: 200, duration: .microseconds(4250),
            verification: .verified)
        #expect(
            record.line(at: .fixture, clock: .utc).split(separator: " ").map(String.init) == [
                "10:00:00", "200", "POST", "/klavi/x?…", "klavi", "4.2", "ms", "verified",
            ])
        let log = RecordedLog()
        record.log(to: log.logger())
        #expect(
            log.lines == [
                "info request method=POST ms=4.2 path=/klavi/x?… peer=192.0.2.1 \(Self.id) source=klavi status=200 "
                    + "verification=verified"
            ])
    }

    @Test("the counts are correct if many event loops count at the same time")
    func concurrent() {
        let lines = Self.text { log in
            DispatchQueue.concurrentPerform(iterations: 1000) { _ in log.note(Self.event(Self.arrival, status: 200)) }
            log.summarise()
        }
        #expect(lines == ["info served archived=1000 handshakes=0 malformed=0 rejected=0 unquarantined=0"])
    }
}

extension UUIDv7 {
    fileprivate static var fixture: UUIDv7 {
        var generator = SplitMix64(seed: 1)
        return UUIDv7(at: .fixture, using: &generator)
    }
}
