import Deliveries
import HTTPListener
import NIOCore
import NIOPosix
import TestKit

/// Starts servers on a free loopback port, with an application that consists of functions.
enum TestServer {
    typealias Respond = @Sendable (InboundRequest, @escaping @Sendable (Response) -> Void) -> Void

    /// Responds with the method and the target and, after a line break, the body.
    static let echo: Respond = { request, respond in
        respond(Response(status: 200, body: Array("\(request.method) \(request.target.text)\n".utf8) + request.body))
    }

    /// An application with defaults: it reads bodies of up to 1 MiB and sends the request back.
    static func application(
        admit: @escaping @Sendable (InboundHead) -> Admission = { _ in .reading(upTo: 1 << 20) },
        respond: @escaping Respond = echo, observe: @escaping @Sendable (ListenerEvent) -> Void = { _ in }
    ) -> ListenerApplication {
        ListenerApplication(
            now: { .fixture },
            admit: { head in
                switch admit(head) {
                case .read(let limit, _): .read(bodyByteCountLimit: limit, respond: respond)
                case .reject(let response): .reject(response)
                }
            }, observe: observe)
    }

    /// Listens, runs `body`, and shuts down without a grace time.
    static func listening<Value>(
        on address: ListenAddress = .tcp(host: "127.0.0.1", port: 0), limits: ListenerLimits = .unhurried,
        _ application: ListenerApplication = application(), _ body: (OpenListener) async throws -> Value
    ) async throws -> Value {
        let server = try await HTTPListener(limits: limits, application: application)
            .listen(on: address, group: .singletonMultiThreadedEventLoopGroup)
        do {
            let value = try await body(server)
            await server.shutDown(grace: .zero)
            return value
        } catch {
            await server.shutDown(grace: .zero)
            throw error
        }
    }

    /// Listens on a free port and connects one client.
    static func talking<Value>(
        limits: ListenerLimits = .unhurried, _ application: ListenerApplication = application(),
        _ body: (inout RawClient) async throws -> Value
    ) async throws -> Value {
        try await listening(limits: limits, application) { server in
            try await RawClient.connected(to: server.address, body)
        }
    }
}

extension OpenListener {
    /// The loopback address of a server.
    var address: SocketAddress {
        get throws {
            try SocketAddress(ipAddress: "127.0.0.1", port: port ?? 0)
        }
    }
}

extension ListenerLimits {
    /// The usual limits, but without deadlines that a busy machine could miss: the thread of a test may wait minutes
    /// for a core.
    static let unhurried = with {
        ($0.handshakeTimeout, $0.headerTimeout, $0.idleTimeout) = (.seconds(600), .seconds(600), .seconds(600))
        ($0.requestDeadline, $0.bodyRateGrace, $0.responseTimeout) = (.seconds(600), .seconds(600), .seconds(600))
    }

    /// The usual limits with the given change.
    static func with(_ change: (inout ListenerLimits) -> Void) -> ListenerLimits {
        var limits = ListenerLimits()
        change(&limits)
        return limits
    }
}

/// Requests whose responses the test controls.
final class HeldRequests: Sendable {
    typealias Respond = @Sendable (Response) -> Void

    /// The functions that send the responses, in the order in which the requests arrived.
    let arrivals: AsyncStream<Respond>
    private let arrived: AsyncStream<Respond>.Continuation

    init() {
        (arrivals, arrived) = AsyncStream.makeStream()
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .minutes(10)) { [arrived] in arrived.finish() }
    }

    var application: ListenerApplication {
        TestServer.application(respond: { [arrived] _, respond in arrived.yield(respond) })
    }

    /// The function that responds to the next request. Nil if no request arrives within ten minutes of `init`.
    func next() async -> Respond? {
        var iterator = arrivals.makeAsyncIterator()
        return await iterator.next(isolation: #isolation)
    }
}

extension Admission {
    /// An admission that reads the body. The test responds to the request.
    static func reading(upTo bodyByteCountLimit: Int) -> Admission {
        .read(bodyByteCountLimit: bodyByteCountLimit) { _, _ in }
    }
}
