import Deliveries
import HTTPListener
import NIOPosix
import Synchronization
import TestKit

/// A real server that listens on a free port of this machine and records requests.
final class Receiver: Sendable {
    private struct State {
        var requests: [InboundRequest] = []
        var unanswered: [@Sendable (Response) -> Void] = []
        var port = 0
    }

    private let state = Mutex(State())
    private let response: Response?

    private init(_ response: Response?) {
        self.response = response
    }

    /// The received requests, in order.
    var requests: [InboundRequest] {
        state.withLock { $0.requests }
    }

    var port: Int {
        state.withLock { $0.port }
    }

    func url(_ rest: String = "/hook") -> String {
        "http://127.0.0.1:\(port)\(rest)"
    }

    /// Runs `body` with a server that sends `response` to every request. If `response` is nil, the server does not
    /// respond until `body` has ended.
    static func with<Value>(response: Response?, _ body: (Receiver) async throws -> Value) async throws -> Value {
        let receiver = Receiver(response)
        let application = ListenerApplication(
            now: { .fixture }, admit: { _ in .read(bodyByteCountLimit: 1 << 24, respond: receiver.take) })
        let server = try await HTTPListener(limits: ListenerLimits(), application: application)
            .listen(on: .tcp(host: "127.0.0.1", port: 0), group: MultiThreadedEventLoopGroup.singleton)
        receiver.state.withLock { $0.port = server.port ?? 0 }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(receiver))
        } catch {
            result = .failure(error)
        }
        for respond in receiver.state.withLock({ $0.unanswered }) { respond(.text(200, "too late")) }
        await server.shutDown(grace: .seconds(10))
        return try result.get()
    }

    @Sendable
    private func take(_ request: InboundRequest, _ respond: @escaping @Sendable (Response) -> Void) {
        state.withLock { state in
            state.requests.append(request)
            if response == nil { state.unanswered.append(respond) }
        }
        if let response { respond(response) }
    }
}

extension ArchivedDelivery {
    /// A delivery with defaults for all properties.
    static func fixture(
        id: Int64 = 42, method: String = "POST", target: String = "/klavi", headers: HeaderFields = [],
        body: String = #"{"a":1}"#, verification: Verification = .verified
    ) -> ArchivedDelivery {
        var generator = SplitMix64(seed: 1)
        return ArchivedDelivery(
            id: DeliveryID(rawValue: id), uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi",
            request: .fixture(method: method, target: target, headers: headers, body: body), verification: verification,
            secretName: "primary", bodySHA256: [])
    }
}
