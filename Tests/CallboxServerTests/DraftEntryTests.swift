import CallboxServer
import Deliveries
import Foundation
import Journal
import ReportIndex
import TestKit
import Testing

@Suite("Entries sent over the control socket")
struct DraftEntryTests {
    @Test("an imported delivery keeps its bytes", arguments: [[], [0xff, 0xfe, 0x00], Array("é😀\u{0}".utf8)])
    func imported(body: [UInt8]) throws {
        var generator = SplitMix64(seed: 1)
        let delivery = ImportedDelivery(
            uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi", receivedAt: .fixture, method: "POST",
            target: "/klavi?a=%00", peer: "192.0.2.1", headers: [HeaderField("X-A", "1"), HeaderField("x-a", "é")],
            body: body, claimed: .verified)
        let draft = DraftEntry.delivery(delivery, checksSignature: true)
        #expect(try JSONDecoder().decode(DraftEntry.self, from: JSONEncoder().encode(draft)) == draft)
    }
}
