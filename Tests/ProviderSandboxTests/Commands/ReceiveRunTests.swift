import Foundation
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("receive")
struct ReceiveRunTests {
    private let never = AsyncStream.makeStream(of: Void.self)

    private func send(_ body: String, to base: BaseAddress) async throws -> ReceivedAnswer {
        let request = SampleRequest(method: "POST", target: "/x", headers: [], body: Array(body.utf8))
        return try await ExactSender(host: base.host, port: base.port).send(request.addressed(to: base))
    }

    @Test("it stops by itself after the awaited requests, each shown before it is answered")
    func stopsAfterCount() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/body"
        let run = ReceiveRun(count: 2, status: 202, bodyFile: try BodyFile(path: path))
        let collected = CollectedConsole()
        async let status = run.run(on: collected.console, interruptions: never.stream)
        let base = try #require(await collected.listeningAddress())
        let first = try await send("one", to: base)
        #expect(collected.output.count == 2)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("one".utf8))
        let second = try await send("two!", to: base)
        #expect(try await status == .success)
        #expect(first == ReceivedAnswer(status: 202, body: Array("{\"received\":1}\n".utf8)))
        #expect(second.body == Array("{\"received\":2}\n".utf8))
        #expect(collected.output.first == "listening on \(base)")
        #expect(collected.output.last?.hasSuffix("\ntwo!") == true)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("two!".utf8))
        #expect(collected.warnings.isEmpty)
        await #expect(throws: SendFailure.self) { try await send("three", to: base) }
    }

    @Test("too few requests in time are exit status 1")
    func timeUp() async throws {
        let collected = CollectedConsole()
        let run = ReceiveRun(count: 1, timeLimit: .milliseconds(10))
        #expect(try await run.run(on: collected.console, interruptions: never.stream) == .unexpected)
        #expect(collected.warnings == ["only 0 of 1 requests came within 0.01 seconds"])
    }

    @Test("the time limit alone is a good end")
    func timeUpWithoutCount() async throws {
        let run = ReceiveRun(timeLimit: .milliseconds(10))
        #expect(try await run.run(on: CollectedConsole().console, interruptions: never.stream) == .success)
    }

    @Test(
        "an interruption ends it, well where nothing is awaited",
        arguments: [(nil, SandboxStatus.success), (3, .unexpected)])
    func interrupted(count: Int?, expected: SandboxStatus) async throws {
        let (interruptions, continuation) = AsyncStream.makeStream(of: Void.self)
        let collected = CollectedConsole()
        async let status = ReceiveRun(count: count).run(on: collected.console, interruptions: interruptions)
        let base = try #require(await collected.listeningAddress())
        _ = try await send("x", to: base)
        continuation.yield()
        #expect(try await status == expected)
        #expect(
            collected.warnings == (count == nil ? [] : ["only 1 of 3 requests came before the receiver was stopped"]))
    }

    @Test("a terminal that is gone ends it")
    func outputClosed() async throws {
        let console = Console(print: { _ throws(SandboxFailure) in throw .outputClosed }, warn: { _ in })
        await #expect(throws: SandboxFailure.outputClosed) {
            try await ReceiveRun().run(on: console, interruptions: never.stream)
        }
    }
}
