import Deliveries
import Dispatch
import HTTPListener
import Logging
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer
@testable import Intake

@Suite("The listener's events are counted and logged", .offPool)
struct IntakeLogTests {
    private static func text(at level: Logger.Level = .info, _ body: (IntakeLog) -> Void) -> [String] {
        let log = RecordedLog()
        body(IntakeLog(log.logger(level: level)))
        return log.lines
    }

    private static func arrival(secretName: String? = "primary") -> IntakeEvent {
        var generator = SplitMix64(seed: 1)
        let encoded = EncodedDelivery(
            uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi", receivedAt: .fixture,
            verification: secretName == nil ? .unverified : .verified, secretName: secretName,
            head: EncodedHead(
                storedBytes: Array(#"["POST","/klavi?token=t0p","192.0.2.1",[["X-Klavi-Signature","5ec4e7"]]]"#.utf8),
                sha256: .digestFixture),
            body: EncodedBody(encoding: .zlib, storedBytes: [1, 2, 3], byteCount: 9, sha256: .digestFixture),
            salt: .saltFixture)
        return .archived(.init(DeliveryID(rawValue: 42), encoded))
    }

    @Test("the last line has the number of everything that happened")
    func summary() {
        let summary = Self.text { log in
            for _ in 0..<1 { log.note(Self.arrival()) }
            for _ in 0..<2 { log.note(IntakeEvent.handshake(source: "klavi", event: "connectivity test", status: 200)) }
            for _ in 0..<3 {
                log.note(IntakeEvent.rejected(source: "klavi", status: 401, reason: "no signature header"))
            }
            for _ in 0..<4 { log.note(IntakeEvent.unknownPath) }
            for _ in 0..<5 { log.note(ListenerEvent.malformedRequest(.tls, peer: "192.0.2.1")) }
            log.note(ListenerEvent.tooManyConnections)
            log.note(ListenerEvent.respondedWithoutKeeping(status: 413))
            log.summarise()
        }
        #expect(
            summary.last == "info served archived=1 handshakes=2 malformed=5 rejected=3 unknown-path=4 unquarantined=0")
    }

    @Test("a server that nobody called says so")
    func nothing() {
        #expect(
            Self.text { $0.summarise() } == [
                "info served archived=0 handshakes=0 malformed=0 rejected=0 unknown-path=0 unquarantined=0"
            ]
        )
    }

    @Test("counting holds when many event loops count at once")
    func concurrent() {
        let lines = Self.text { log in
            DispatchQueue.concurrentPerform(iterations: 1000) { _ in log.note(Self.arrival()) }
            log.summarise()
        }
        #expect(
            lines == ["info served archived=1000 handshakes=0 malformed=0 rejected=0 unknown-path=0 unquarantined=0"])
    }

    @Test("each event has its line")
    func lines() {
        let lines = Self.text(at: .trace) { log in
            log.note(Self.arrival())
            log.note(Self.arrival(secretName: nil))
            log.note(IntakeEvent.handshake(source: "certn", event: "challenge", status: 200))
            log.note(IntakeEvent.rejected(source: "klavi", status: 503, reason: "queue full"))
            log.note(IntakeEvent.unknownPath)
            log.note(ListenerEvent.malformedRequest(.tls, peer: "192.0.2.1"))
            log.note(ListenerEvent.tooManyConnections)
            log.note(ListenerEvent.respondedWithoutKeeping(status: 431))
        }
        #expect(
            lines == [
                "debug delivery archived body.bytes=9 body.sha256=abababababababab delivery.id=42 secret=primary "
                    + "source=klavi stored.bytes=3 verification=verified",
                "debug delivery archived body.bytes=9 body.sha256=abababababababab delivery.id=42 secret=- "
                    + "source=klavi stored.bytes=3 verification=unverified",
                "info responded without archiving event=challenge source=certn status=200",
                "warning rejected reason=queue full source=klavi status=503",
                "info no source at the path status=404",
                "info malformed request",
                "warning too many connections",
                "debug responded without keeping status=431",
            ])
    }

    @Test("a line a delivery is for debugging; by default only what is unusual is logged")
    func defaultLevel() {
        let lines = Self.text { log in
            log.note(Self.arrival())
            log.note(ListenerEvent.respondedWithoutKeeping(status: 404))
            log.note(IntakeEvent.unknownPath)
        }
        #expect(lines == ["info no source at the path status=404"])
    }
}
