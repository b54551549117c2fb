import Deliveries
import TestKit
import Testing

@testable import Intake

@Suite struct TokenBucketTests {
    private static let rate = Rate(perSecond: 10, burst: 3)

    /// Takes `count` tokens one by one at this time after the start. Returns how many were available.
    private static func taken(_ count: Int, _ bucket: inout TokenBucket, at milliseconds: Int64) -> Int {
        (0..<count).count { _ in bucket.take(1, of: rate, at: .fixture.advanced(byMilliseconds: milliseconds)) }
    }

    @Test("a bucket starts full, gains a token each tenth of a second, and never exceeds its burst")
    func refill() {
        var bucket = TokenBucket(Self.rate, at: .fixture)
        #expect(Self.taken(5, &bucket, at: 0) == 3)
        #expect(Self.taken(5, &bucket, at: 99) == 0)
        #expect(Self.taken(5, &bucket, at: 100) == 1)
        #expect(Self.taken(5, &bucket, at: 350) == 2)
        #expect(Self.taken(1, &bucket, at: 400) == 1)
        #expect(Self.taken(9, &bucket, at: 1_000_000) == 3)
    }

    @Test("no tokens are taken if there are too few, and a cost above the burst needs a full bucket")
    func cost() {
        var bucket = TokenBucket(Self.rate, at: .fixture)
        func take(_ cost: Int64, at milliseconds: Int64) -> Bool {
            bucket.take(cost, of: Self.rate, at: .fixture.advanced(byMilliseconds: milliseconds))
        }
        #expect(take(2, at: 0))
        #expect(!take(2, at: 0))
        #expect(take(1, at: 0))
        #expect(!take(.max, at: 299))
        #expect(take(.max, at: 300))
        #expect(!take(1, at: 300))
    }

    @Test("a slightly older time does not refill a bucket, and a clock that was set back does not block it")
    func clock() {
        var bucket = TokenBucket(Self.rate, at: .fixture)
        #expect(Self.taken(5, &bucket, at: 0) == 3)
        for step in 0..<1000 { #expect(Self.taken(1, &bucket, at: step.isMultiple(of: 2) ? -1 : 0) == 0) }
        #expect(Self.taken(1, &bucket, at: -3_600_000) == 0)
        #expect(Self.taken(5, &bucket, at: -3_600_000 + 100) == 1)
        for extreme in [Int64.min, .max, .min, 0] {
            let now = Timestamp(millisecondsSinceEpoch: extreme)
            let count = (0..<5).count { _ in bucket.take(1, of: Self.rate, at: now) }
            #expect(count <= 3)
        }
    }

    @Test("a rate of zero counts as a rate of one")
    func leastRate() {
        #expect(Rate(perSecond: 0, burst: -1) == Rate(perSecond: 1, burst: 1))
    }
}
