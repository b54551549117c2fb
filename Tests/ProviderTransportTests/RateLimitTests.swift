import ProviderTransport
import Testing

@Suite("Rate limits")
struct RateLimitTests {
    @Test("calls up to the limit per minute are sent at once, and further calls wait")
    func burst() async throws {
        let provider = ScriptedProvider(200, "[]")
        let clock = ManualClock()
        let client = try Accounts.client(provider, clock: clock, rateLimit: RateLimit(callsPerMinute: 60))
        for _ in 0..<60 { _ = try await client.send(try Accounts.list()) }
        #expect(clock.waits.isEmpty)
        for _ in 0..<3 { _ = try await client.send(try Accounts.list()) }
        #expect(clock.waits == [.seconds(1), .seconds(1), .seconds(1)])
        clock.advance(by: .seconds(600))
        for _ in 0..<60 { _ = try await client.send(try Accounts.list()) }
        #expect(clock.waits.count == 3)
        _ = try await client.send(try Accounts.list())
        #expect(clock.waits.count == 4)
        #expect(provider.requests.count == 124)
    }

    @Test("a clock that is set back does not refill the bucket")
    func backwards() async throws {
        let provider = ScriptedProvider(200, "[]")
        let clock = ManualClock()
        let client = try Accounts.client(provider, clock: clock, rateLimit: RateLimit(callsPerMinute: 1))
        _ = try await client.send(try Accounts.list())
        clock.advance(by: .seconds(-3600))
        _ = try await client.send(try Accounts.list())
        #expect(clock.waits == [.seconds(60)])
    }

    @Test("retries count as calls")
    func retriesCount() async throws {
        let provider = ScriptedProvider([.json(503, ""), .json(200, "[]")])
        let clock = ManualClock()
        let client = try Accounts.client(provider, clock: clock, rateLimit: RateLimit(callsPerMinute: 1))
        _ = try await client.send(try Accounts.list())
        #expect(clock.waits == [.milliseconds(500), .milliseconds(59_500)])
    }
}
