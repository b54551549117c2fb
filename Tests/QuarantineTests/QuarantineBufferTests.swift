import ArchiveTestKit
import Deliveries
import TestKit
import Testing

@testable import Quarantine

@Suite(.offPool) struct QuarantineBufferTests {
    private static func delivery(bodyByteCount: Int = 0, headerByteCount: Int = 0) -> QuarantinedDelivery {
        let request = InboundRequest.fixture(
            headers: [HeaderField("", String(repeating: "h", count: headerByteCount))],
            body: String(repeating: "a", count: bodyByteCount))
        return .fixture(request: request)
    }

    @Test("deliveries count towards the limit until they are stored, even after the writer took them")
    func count() {
        var buffer = QuarantineBuffer()
        func add(_ delivery: QuarantinedDelivery) -> Bool { buffer.add(delivery) }
        for _ in 0..<QuarantineBuffer.countLimit { #expect(add(.fixture())) }
        #expect(!add(.fixture()))
        let taken = buffer.takeAll()
        #expect(taken.count == QuarantineBuffer.countLimit)
        #expect(buffer.takeAll().isEmpty)
        #expect(!add(.fixture()))
        buffer.release(count: 1, byteCount: QuarantineBuffer.byteCount(of: taken[0]))
        #expect(add(.fixture()))
        #expect(!add(.fixture()))
    }

    @Test("bodies and headers count towards the byte limit", arguments: [true, false])
    func byteCount(isBody: Bool) {
        let half = QuarantineBuffer.byteCountLimit / 2 - 1000
        var buffer = QuarantineBuffer()
        func add(_ delivery: QuarantinedDelivery) -> Bool { buffer.add(delivery) }
        for _ in 0..<2 {
            #expect(add(isBody ? Self.delivery(bodyByteCount: half) : Self.delivery(headerByteCount: half)))
        }
        #expect(!add(Self.delivery(bodyByteCount: 2000)))
        #expect(add(Self.delivery(bodyByteCount: 100)))
    }

    @Test("an empty buffer accepts a delivery that is larger than the limit")
    func oneLargeDelivery() {
        let large = Self.delivery(bodyByteCount: QuarantineBuffer.byteCountLimit + 1)
        var buffer = QuarantineBuffer()
        func add(_ delivery: QuarantinedDelivery) -> Bool { buffer.add(delivery) }
        #expect(add(large))
        #expect(!add(.fixture()))
        _ = buffer.takeAll()
        #expect(!add(large))
        buffer.release(count: 1, byteCount: QuarantineBuffer.byteCount(of: large))
        #expect(add(large))
    }
}
