import Deliveries
import TestKit
import Testing

@testable import Intake

@Suite struct AddressTableTests {
    private static let rate = Rate(perSecond: 1, burst: 1)

    private static func take(_ address: UInt64, _ table: inout AddressTable) -> Bool {
        table.withBucket(of: address, orNew: TokenBucket(rate, at: .fixture)) { $0.take(1, of: rate, at: .fixture) }
    }

    @Test("each address has its own bucket")
    func own() {
        var table = AddressTable(countLimit: 10)
        #expect(Self.take(1, &table))
        #expect(Self.take(2, &table))
        #expect(!Self.take(1, &table))
        #expect(!Self.take(2, &table))
    }

    @Test("the newest addresses are remembered, up to the limit")
    func bounded() {
        var table = AddressTable(countLimit: 1000)
        for address in 0..<1_000_000 as Range<UInt64> {
            #expect(Self.take(address, &table))
            if table.count > 1000 { Issue.record("\(table.count) addresses are remembered") }
        }
        for address in 999_500..<1_000_000 as Range<UInt64> { #expect(!Self.take(address, &table)) }
        #expect(Self.take(998_000, &table), "the oldest was forgotten")
    }

    @Test("an address that recurs is remembered, even among many addresses that occur once")
    func kept() {
        var table = AddressTable(countLimit: 100)
        #expect(Self.take(7, &table))
        for address in 1000..<10_000 as Range<UInt64> {
            #expect(Self.take(address, &table))
            if address.isMultiple(of: 20) { #expect(!Self.take(7, &table)) }
        }
    }
}
