import Deliveries
import HTTPListener
import Journal
import NIOPosix
import Replay
import Synchronization
import TestKit

@testable import Relay

/// A real server that listens on a free port and records requests. It responds with the given statuses and then repeats
/// the last status.
final class Target: Sendable {
    private struct State {
        var statuses: [Int]
        var marks: [String] = []
        var bodies: [[UInt8]] = []
    }

    private let state: Mutex<State>
    let server = Mutex<OpenListener?>(nil)

    /// The IDs of the deliveries that arrived, in order.
    var ids: [String] { state.withLock { $0.marks } }
    var bodies: [[UInt8]] { state.withLock { $0.bodies } }

    private init(_ statuses: [Int]) {
        state = Mutex(State(statuses: statuses))
    }

    static func with<Value>(
        port: Int = 0, _ statuses: [Int], _ body: (Target, _ port: Int) async throws -> Value
    ) async throws -> Value {
        let target = Target(statuses)
        let application = ListenerApplication(
            now: { .fixture },
            admit: { _ in
                .read(bodyByteCountLimit: 1 << 24) { request, respond in respond(target.take(request)) }
            })
        let server = try await HTTPListener(limits: ListenerLimits(), application: application)
            .listen(on: .tcp(host: "127.0.0.1", port: port), group: MultiThreadedEventLoopGroup.singleton)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(target, server.port ?? 0))
        } catch {
            result = .failure(error)
        }
        await server.shutDown(grace: .seconds(10))
        return try result.get()
    }

    private func take(_ request: InboundRequest) -> Response {
        state.withLock { state in
            state.marks += request.headers.values(named: ReplayPreparation.deliveryHeader)
            state.bodies.append(request.body)
            let status = state.statuses.count > 1 ? state.statuses.removeFirst() : state.statuses[0]
            return .text(status, "ok")
        }
    }
}

/// Records the events and the records of a relay.
final class Events: Sendable {
    private let state = Mutex<(events: [RelayEvent], records: [JournalRecord])>(([], []))

    var all: [RelayEvent] { state.withLock { $0.events } }
    var records: [JournalRecord] { state.withLock { $0.records } }

    @Sendable func add(_ event: RelayEvent) { state.withLock { $0.events.append(event) } }
    @Sendable func keep(_ record: JournalRecord) { state.withLock { $0.records.append(record) } }

    var notes: [RelayNote] {
        all.compactMap { event in if case .note(let note) = event { note } else { nil } }
    }
    var statuses: [Int] {
        all.compactMap { event in if case .forwarded(_, let status, _, _) = event { status } else { nil } }
    }
}
