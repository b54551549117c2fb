import Foundation
import Synchronization
import TestKit

@testable import ProviderSandbox

/// Collects what a command prints and lets a test wait for a line.
final class CollectedConsole: Sendable {
    /// What goes to standard output, one element a print.
    let printed: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    private let texts = Mutex<(output: [String], warnings: [String])>(([], []))

    init() {
        (printed, continuation) = AsyncStream.makeStream(of: String.self)
    }

    var console: Console {
        Console(
            print: { text in
                self.texts.withLock { $0.output.append(text) }
                self.continuation.yield(text)
            },
            warn: { text in self.texts.withLock { $0.warnings.append(text) } })
    }

    var output: [String] {
        texts.withLock { $0.output }
    }

    var warnings: [String] {
        texts.withLock { $0.warnings }
    }

    /// The address in the first line that `receive` prints.
    func listeningAddress() async -> BaseAddress? {
        for await text in printed { return BaseAddress(text.replacing("listening on ", with: "")) }
        return nil
    }
}

extension TemporaryFolder {
    /// Writes a file and the folders above it.
    func write(_ text: String, to name: String) throws {
        let place = URL(filePath: path(of: name))
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
    }
}

enum Checkout {
    static let samplesPath = ProjectFolder.samples.path()
    static let samples = SampleFolder(path: samplesPath)
    static let secrets = SecretFolder(path: samplesPath + "/secrets")
}

/// A receiver on a free port while the body runs; everything gets the same status. Returns what came, in order.
func whileReceiving<Value>(
    status: Int = 200, _ body: (LoopbackReceiver, BaseAddress) async throws -> Value
) async throws -> (value: Value, requests: [ReceivedRequest]) {
    let receiver = try await LoopbackReceiver.listen(port: 0)
    guard let base = BaseAddress("http://127.0.0.1:\(receiver.port)") else { throw CancellationError() }
    async let received = answerAll(receiver.arrivals, status: status)
    do {
        let value = try await body(receiver, base)
        await receiver.stop()
        return (value, await received)
    } catch {
        await receiver.stop()
        throw error
    }
}

private func answerAll(_ arrivals: AsyncStream<Arrival>, status: Int) async -> [ReceivedRequest] {
    var requests: [ReceivedRequest] = []
    for await arrival in arrivals {
        requests.append(arrival.request)
        await arrival.answer.send(status: status, json: #"{"received":\#(requests.count)}"#)
    }
    return requests
}

/// A port on which nobody listens.
func closedPort() async throws -> Int {
    let receiver = try await LoopbackReceiver.listen(port: 0)
    await receiver.stop()
    return receiver.port
}

extension ReceivedRequest {
    var lines: [String] {
        headLines.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Runs work that blocks on a thread of its own, away from those that tasks and queues share.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result(catching: work)) }.start()
    }
}
