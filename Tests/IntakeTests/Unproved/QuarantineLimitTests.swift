import Deliveries
import Providers
import TestKit
import Testing

@testable import Intake

/// The rate limit also bounds the memory and disk space that forgeries use.
@Suite struct QuarantineLimitTests {
    private static func forgery(
        peer: String = "192.0.2.1", byteCount: Int = 10, after milliseconds: Int64 = 0
    ) -> InboundRequest {
        .fixture(
            body: String(repeating: "a", count: byteCount), peer: peer,
            receivedAt: .fixture.advanced(byMilliseconds: milliseconds))
    }

    @Test("every forgery gets 401, and forgeries above the limit are only counted")
    func counted() {
        let limits = RateLimits(perAddress: Rate(perSecond: 2, burst: 3), total: Rate(perSecond: 2, burst: 5))
        let harness = IntakeHarness(quarantine: limits)
        for _ in 0..<10 { harness.receive(Self.forgery()) }
        #expect(harness.responses.map(\.status) == Array(repeating: 401, count: 10))
        #expect(harness.quarantined.count == 3)
        #expect(harness.events.filter { $0.summary.hasSuffix(", not quarantined") }.count == 7)
        for number in 2...9 { harness.receive(Self.forgery(peer: "192.0.2.\(number)")) }
        #expect(harness.quarantined.count == 5, "in total")
        for _ in 0..<10 { harness.receive(Self.forgery(after: 1000)) }
        #expect(harness.quarantined.count == 7)
        harness.receive(Sample.named("klavi/link-created-event").request)
        #expect(harness.committed.count == 1, "genuine deliveries have no limit")
    }

    @Test("a large forgery costs a token for each 16 KiB of body and headers")
    func cost() {
        let limits = RateLimits(perAddress: Rate(perSecond: 1, burst: 5), total: Rate(perSecond: 1, burst: 100))
        for (byteCount, count) in [(10, 5), (16 * 1024, 2), (40 * 1024, 1), (64 * 1024, 1)] {
            let harness = IntakeHarness(quarantine: limits)
            for _ in 0..<10 { harness.receive(Self.forgery(byteCount: byteCount)) }
            #expect(harness.quarantined.count == count, "\(byteCount)")
        }
    }

    @Test("by default, one address can store 4,000 small bodies or one body of the maximum size")
    func defaults() {
        let harness = IntakeHarness()
        for _ in 0..<5000 { harness.receive(Self.forgery()) }
        #expect(harness.quarantined.count == 4000)
        let largest = UnprovedIntake(
            redirects: .redirects, quarantine: .quarantine, isSpaceShort: { false }, isReferredTo: { _, _ in false })
        let request = Self.forgery(byteCount: Source.defaultBodyByteCountLimit)
        #expect(largest.admitsToQuarantine(request, at: SampleSources.table.sources[0]))
        #expect(!largest.admitsToQuarantine(request, at: SampleSources.table.sources[0]))
    }
}
