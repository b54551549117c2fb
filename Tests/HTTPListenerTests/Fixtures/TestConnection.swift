import Deliveries
import NIOCore
import NIOHTTP1

@testable import HTTPListener

/// The state of a connection to which a test passes events. Times are in seconds after the start.
struct TestConnection {
    /// A time that is far from the minimum and the maximum of the clock.
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000_000)

    var state: ConnectionState
    let budget: BodyBudget
    let counters = ListenerCounters()

    init(_ limits: ListenerLimits = ListenerLimits(), budget: BodyBudget? = nil) {
        self.budget = budget ?? BodyBudget(limit: limits.bufferedBodyByteCount)
        self.state = ConnectionState(limits: limits, budget: self.budget, counters: counters, now: Self.start)
    }

    static func moment(_ seconds: Int64) -> NIODeadline {
        start + .seconds(seconds)
    }

    /// The next deadline of the state, in seconds.
    var deadline: Int64? {
        state.deadline.map { ($0 - Self.start).nanoseconds / 1_000_000_000 }
    }

    mutating func bytes(at seconds: Int64 = 0) {
        state.bytesArrived(now: Self.moment(seconds))
    }

    mutating func head(
        _ head: HTTPRequestHead = .fixture(), at seconds: Int64 = 0,
        admit: (InboundHead) -> Admission = { _ in .reading(upTo: 100) }
    ) -> ConnectionState.Action {
        state.headArrived(
            head, from: ClientAddress("192.0.2.1", proxies: TrustedProxies()), now: Self.moment(seconds), admit: admit)
    }

    mutating func body(_ text: String, at seconds: Int64 = 0) -> ConnectionState.Action {
        state.bodyArrived(ByteBuffer(string: text).readableBytesView, now: Self.moment(seconds))
    }

    mutating func end(at seconds: Int64 = 0) -> ConnectionState.Action {
        state.endArrived(now: Self.moment(seconds))
    }

    mutating func responded(_ response: Response = .text(200, "ok"), at seconds: Int64 = 0) -> ConnectionState.Action {
        state.responded(response, now: Self.moment(seconds))
    }

    /// Passes the event that the last response was written.
    mutating func written(at seconds: Int64 = 0) -> ConnectionState.Action {
        state.lastResponseWritten(now: Self.moment(seconds))
    }

    /// Passes all events of a request, until the application has the request.
    mutating func request(
        _ head: HTTPRequestHead = .fixture(), body: String = "", at seconds: Int64 = 0
    ) -> ConnectionState.Action {
        _ = self.head(head, at: seconds)
        if !body.isEmpty { _ = self.body(body) }
        return state.endArrived(now: Self.moment(seconds))
    }
}

extension HTTPRequestHead {
    /// A request with defaults for all properties, so tests pass only relevant properties. `Host` is added to the
    /// headers.
    static func fixture(
        _ method: HTTPMethod = .POST, _ uri: String = "/klavi", version: HTTPVersion = .http1_1, host: String? = "a",
        headers: [(String, String)] = []
    ) -> HTTPRequestHead {
        let hosts = host.map { [("Host", $0)] } ?? []
        return HTTPRequestHead(version: version, method: method, uri: uri, headers: HTTPHeaders(hosts + headers))
    }

    /// A request that announces a body.
    static func fixture(announcing byteCount: Int, headers: [(String, String)] = []) -> HTTPRequestHead {
        .fixture(.POST, "/klavi", headers: [("Content-Length", "\(byteCount)")] + headers)
    }
}

extension ConnectionState.Action {
    /// The action as text, for comparisons. `~` marks a response without its body.
    var summary: String {
        switch self {
        case .none: "-"
        case .sendContinue: "100"
        case .handOver(let request): "hand over \(String(decoding: request.body, as: UTF8.self))"
        case .response(let response, let omitsBody, let afterwards):
            "\(omitsBody ? "~" : "")\(response.status) \(afterwards)"
        case .closeOutput: "close output"
        case .close: "close"
        }
    }
}
