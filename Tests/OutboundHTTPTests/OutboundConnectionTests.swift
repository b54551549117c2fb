import Deliveries
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestKit
import Testing

@testable import OutboundHTTP

@Suite("Connections of the HTTP client", .offPool)
struct OutboundConnectionTests {
    /// Runs the first job at once, and the other jobs after `release`.
    private final class HoldingExecutor: TaskExecutor {
        private struct State {
            var runCount = 1
            var held: [UnownedJob] = []
        }

        private let state = Mutex(State())

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            let runs = state.withLock { state in
                state.runCount -= 1
                if state.runCount < 0 { state.held.append(job) }
                return state.runCount >= 0
            }
            if runs { run(job) }
        }

        func release() {
            let held = state.withLock { state in
                defer { state = State(runCount: .max) }
                return state.held
            }
            for job in held { run(job) }
        }

        private func run(_ job: UnownedJob) {
            Thread.detachNewThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    private static func get(_ receiver: RawReceiver) async throws(OutboundFailure) -> Int {
        try await OutboundClient(AddressRules()).send(
            OutboundRequest("GET", receiver.url()), timeout: .seconds(60), reading: .whole(byteCountLimit: 1 << 16)
        ).status
    }

    @Test("a request is sent as soon as its connection is established, even if no Swift task can run")
    func sentAtOnce() async throws {
        let receiver = try RawReceiver(head: "HTTP/1.1 204 No Content\r\n\r\n", .closed)
        let executor = HoldingExecutor()
        let exchange = Task(executorPreference: executor) { try await Self.get(receiver) }
        let deadline = ContinuousClock.now + .seconds(60)
        while receiver.request.isEmpty, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(receiver.request.hasPrefix("GET /hook HTTP/1.1\r\n"))
        executor.release()
        #expect(try await exchange.value == 204)
    }

    @Test("a task that is cancelled before it connects leaves no connection open")
    func cancelledBefore() async throws {
        let (listener, port) = try RawReceiver.bound()
        defer { close(listener) }
        #expect(listen(listener, 1) == 0)
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let client = OutboundClient(AddressRules())
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await #expect(throws: OutboundFailure.self) {
                try await client.send(
                    OutboundRequest("GET", "http://127.0.0.1:\(port)/"), timeout: .seconds(60),
                    reading: .whole(byteCountLimit: 1))
            }
        }
        #expect(await task.value == .cancelled)
        let accepted = accept(listener, nil, nil)
        defer { close(accepted) }
        setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var byte: UInt8 = 0
        // 0 is the end of the connection; -1 is the time-out.
        #expect(recv(accepted, &byte, 1, 0) == 0)
    }

    @Test("a server that closes each new connection is not called again")
    func closedAtOnce() async throws {
        let receiver = try RawReceiver(head: "", reads: false, .closed)
        let failure = await #expect(throws: OutboundFailure.self) { try await Self.get(receiver) }
        let expected: [OutboundFailure] = [
            .closedBeforeRequest, .closed, .broken(code: ECONNRESET), .broken(code: EPIPE),
        ]
        #expect(failure.map(expected.contains) == true)
    }

    @Test("no request is sent on a connection that the server has closed, even before the client has noticed it")
    func closedByServer() async throws {
        var receiver: RawReceiver? = try RawReceiver(head: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .silent)
        let endpoint = OutboundConnection.Endpoint(
            address: try #require(NetworkAddress("127.0.0.1")), port: try #require(receiver).port, isTLS: false,
            serverName: nil)
        let deadline = NIODeadline.now() + .seconds(60)
        let idle = IdleConnections()
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": "localhost"])
        let first = try await OutboundConnection.exchange(
            head, [], .start(byteCount: 0), by: deadline, connectingTo: endpoint, nil, by: deadline, idle, onConnect: {}
        )
        #expect(first.status == 200)
        let connection = try #require(idle.take(endpoint))
        // The event loop reads nothing until the second exchange is submitted.
        let (isHeld, isReleased) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        connection.channel.eventLoop.execute {
            isHeld.signal()
            isReleased.wait()
        }
        Self.wait(isHeld)
        receiver = nil
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.2) { isReleased.signal() }
        #expect(try await connection.exchange(head, [], .start(byteCount: 0), by: deadline) == nil)
        idle.close()
    }

    private static func wait(_ semaphore: DispatchSemaphore) {
        semaphore.wait()
    }

    @Test("a cancelled task does not wait for a response")
    func cancelled() async throws {
        let server = try RawReceiver(head: "HTTP/1.1 200 OK\r\n", .silent)
        let hasEnded = Pending<Bool>.event()
        let task = Task {
            defer { hasEnded.happen() }
            return await #expect(throws: OutboundFailure.self) { try await Self.get(server) }
        }
        while server.request.isEmpty, !hasEnded.value { await Task.yield() }
        task.cancel()
        #expect(await task.value == .cancelled)
    }
}
