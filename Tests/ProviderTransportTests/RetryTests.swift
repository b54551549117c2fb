import Deliveries
import ProviderTransport
import Testing

@testable import Providers

@Suite("Retries of a call")
struct RetryTests {
    /// Sends one GET (safe) or one POST (not safe). Returns the number of attempts, the waits and the result.
    private static func run(
        safe: Bool, _ steps: [ScriptedProvider.Step]
    ) async throws -> (sent: Int, waits: [Duration], failure: ProviderCallFailure?) {
        let provider = ScriptedProvider(steps)
        let clock = ManualClock()
        let client = try Accounts.client(provider, clock: clock)
        let failure = await failure {
            if safe {
                _ = try await client.send(try Accounts.list())
            } else {
                _ = try await client.send(try Accounts.order())
            }
        }
        return (provider.requests.count, clock.waits, failure)
    }

    private static let link = ScriptedProvider.Step.json(200, #"{"id":"L"}"#)

    @Test("a request that was not sent is sent again, with any method", arguments: [true, false])
    func notSent(safe: Bool) async throws {
        let result = try await Self.run(
            safe: safe,
            [.failure(.notSent(problem: "x")), .failure(.notSent(problem: "x")), safe ? .json(200, "[]") : Self.link])
        #expect(result.sent == 3)
        #expect(result.waits == [.milliseconds(500), .milliseconds(1000)])
        #expect(result.failure == nil)
    }

    @Test("a call whose request cannot be sent fails after three attempts, and reports that no request arrived")
    func threeTries() async throws {
        let result = try await Self.run(safe: false, [.failure(.notSent(problem: "nobody there"))])
        #expect(result.sent == 3)
        #expect(result.failure == .unreachable(problem: "nobody there", mayHaveArrived: false))
    }

    @Test("a GET without a response is sent again")
    func safeNoResponse() async throws {
        let result = try await Self.run(safe: true, [.failure(.noResponse(problem: "x")), .json(200, "[]")])
        #expect(result.sent == 2)
        #expect(result.failure == nil)
    }

    @Test("a POST that may have arrived is never sent again")
    func unsafeNoResponse() async throws {
        let result = try await Self.run(safe: false, [.failure(.noResponse(problem: "cut off")), Self.link])
        #expect(result.sent == 1)
        #expect(result.waits.isEmpty)
        #expect(result.failure == .unreachable(problem: "cut off", mayHaveArrived: true))
    }

    @Test("a GET is retried after 502, 503 and 504", arguments: [502, 503, 504])
    func safeBusy(status: Int) async throws {
        let result = try await Self.run(safe: true, [.json(status, ""), .json(200, "[]")])
        #expect(result.sent == 2)
        #expect(result.failure == nil)
    }

    @Test("a POST is not retried after 502, 503 and 504", arguments: [502, 503, 504])
    func unsafeBusy(status: Int) async throws {
        let result = try await Self.run(safe: false, [.json(status, ""), Self.link])
        #expect(result.sent == 1)
        #expect(
            result.failure
                == .rejected(
                    ProviderRejection(status: status, advice: "The provider failed; try again later.")))
    }

    @Test(
        "a GET is not retried after other error statuses, such as 404 and 500",
        arguments: [400, 403, 404, 409, 416, 422, 500, 501])
    func rejections(status: Int) async throws {
        #expect(try await Self.run(safe: true, [.json(status, ""), .json(200, "[]")]).sent == 1)
    }

    @Test("429 is retried after the provider's delay, even for a POST", arguments: [true, false])
    func tooMany(safe: Bool) async throws {
        let result = try await Self.run(
            safe: safe,
            [
                .json(429, "", headers: [HeaderField("retry-after", "60")]), .json(429, ""),
                safe ? .json(200, "[]") : Self.link,
            ])
        #expect(result.sent == 3)
        #expect(result.waits == [.seconds(60), .seconds(1)])
        #expect(result.failure == nil)
    }

    @Test("if Retry-After is a date, the retry waits until that date")
    func retryAfterDate() async throws {
        let date = Timestamp(millisecondsSinceEpoch: 1_800_000_007_000).httpDate
        let result = try await Self.run(
            safe: true, [.json(429, "", headers: [HeaderField("Retry-After", date)]), .json(200, "[]")])
        #expect(result.waits == [.seconds(7)])
    }

    @Test("if the provider requests a wait of more than a minute, the call fails")
    func longAdvice() async throws {
        let result = try await Self.run(safe: true, [.json(429, "", headers: [HeaderField("Retry-After", "61")])])
        #expect(result.sent == 1)
        #expect(result.waits.isEmpty)
        #expect(
            result.failure
                == .rejected(ProviderRejection(status: 429, advice: "Too many calls; try again in 61 seconds.")))
    }

    @Test("a response that is too long is not fetched again")
    func tooLong() async throws {
        let result = try await Self.run(safe: true, [.failure(.tooLong)])
        #expect(result.sent == 1)
        #expect(result.failure == .unexpectedResponse("It is longer than the limit."))
    }

    @Test("jitter makes a wait longer by up to half its length")
    func jitter() async throws {
        struct Highest: RandomNumberGenerator, Sendable {
            mutating func next() -> UInt64 { .max }
        }
        let provider = ScriptedProvider([.failure(.notSent(problem: "x"))])
        let clock = ManualClock()
        let client = try Accounts.client(provider, clock: clock, jitter: Jitter(Highest()))
        _ = await failure { _ = try await client.send(try Accounts.order()) }
        let waits = clock.waits
        #expect(waits.count == 2)
        #expect(waits.first.map { $0 > .milliseconds(749) && $0 <= .milliseconds(750) } == true)
        #expect(waits.last.map { $0 > .milliseconds(1499) && $0 <= .milliseconds(1500) } == true)
    }

    @Test("if the calling task is cancelled, no request is sent")
    func cancelled() async throws {
        let provider = ScriptedProvider(200, "[]")
        let client = try Accounts.client(provider)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure { _ = try await client.send(try Accounts.list()) }
        }
        #expect(await task.value == .cancelled)
        #expect(provider.requests.isEmpty)
    }

    @Test("a call that follows a response is sent after the requested delay")
    func steps() async throws {
        let provider = ScriptedProvider([.json(200, "[]"), .json(200, "[1]"), .json(200, "[1,2]")])
        let clock = ManualClock()
        let client = try Accounts.client(provider, clock: clock)
        let list = try Accounts.list()
        let call = list.then { first in
            .call(list.then { second in .call(list.map { [first, second, $0] }) }, after: .seconds(2))
        }
        #expect(try await client.send(call) == [0, 1, 2])
        #expect(clock.waits == [.seconds(2)])
    }
}
