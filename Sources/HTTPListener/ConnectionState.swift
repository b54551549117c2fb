internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

/// The state of one connection. Does no I/O and reads no clock: the channel handler passes in events with their time and performs
/// the returned action.
///
/// ```
///              bytes              head, admitted          end                response, keep-alive
///  waiting ───────────▶ readingHead ──────────▶ readingBody ──────▶ responding ──────────────────▶ waiting
///     │ idle               │ deadline: 408         │ deadline: 408      │ response, close
///     ▼                    ▼ head rejected          ▼ too large: 413     ▼
///   closed              lingering ◀────────────────┴──────────────── closed
/// ```
/// `lingering` has sent an early response and discards input for a moment: closing a connection while its client still sends may
/// discard the response.
struct ConnectionState {
    enum Action: Equatable {
        case none
        /// Tell a client that asked first to go on sending (RFC 9110 §10.1.1).
        case sendContinue
        case handOver(InboundHeadAndBody)
        case response(Response, omitsBody: Bool, then: Afterwards)
        /// Respond although no request has arrived.
        case respondWithoutRequest(Response, then: Afterwards)
        case close
    }

    enum Afterwards: Equatable {
        case keepAlive, close, linger
    }

    /// A request whose body is complete.
    struct InboundHeadAndBody: Equatable {
        let method: String
        let target: RequestTarget
        let headers: HeaderFields
        let body: [UInt8]
    }

    private enum Phase {
        case waiting(since: NIODeadline)
        case readingHead(since: NIODeadline)
        case readingBody(Request, since: NIODeadline)
        case responding(Request)
        case lingering(since: NIODeadline)
        case closed
    }

    private struct Request {
        let check: HeadCheck
        let target: RequestTarget
        var bodyByteCountLimit = 0
        /// Set when the request is admitted.
        var respond: Admission.Respond?
        var body: [UInt8] = []
        /// Taken from the budget, to be given back.
        var takenByteCount = 0
    }

    private let limits: ListenerLimits
    private let budget: BodyBudget
    private var phase: Phase
    /// Nothing is taken in any more: the server stops, the client has said its last, or what came was not HTTP.
    private var isEnding = false

    init(limits: ListenerLimits, budget: BodyBudget, now: NIODeadline) {
        self.limits = limits
        self.budget = budget
        self.phase = .waiting(since: now)
    }

    /// When `timePassed` has to be asked next; nil while nothing is expected from the client.
    var deadline: NIODeadline? {
        switch phase {
        case .waiting(let since): since + TimeAmount(limits.idleTimeout)
        case .readingHead(let since), .readingBody(_, let since): since + TimeAmount(limits.requestDeadline)
        case .lingering(let since): since + TimeAmount(limits.lingerTime)
        case .responding, .closed: nil
        }
    }

    /// Whether a request was handed over and has no response yet.
    var owesResponse: Bool {
        if case .responding = phase { true } else { false }
    }

    /// Responds to the request that was handed over.
    var respond: Admission.Respond? {
        if case .responding(let request) = phase { request.respond } else { nil }
    }

    /// Whether the connection has ended.
    var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    /// Bytes came in, not yet a request.
    mutating func bytesArrived(now: NIODeadline) {
        if case .waiting = phase { phase = .readingHead(since: now) }
    }

    mutating func headArrived(
        _ head: HTTPRequestHead, now: NIODeadline, admit: (InboundHead) -> Admission
    ) -> Action {
        let since: NIODeadline
        switch phase {
        case .waiting: since = now
        case .readingHead(let start): since = start
        case .readingBody, .responding, .lingering, .closed: return .none
        }
        let target = RequestTarget(head.uri)
        let method = head.method.rawValue
        let check = HeadCheck(head)
        var request = Request(check: check, target: target)
        if isEnding { return reject(request, .retryLater, now: now) }
        if let response = check.problem(limits) {
            return reject(request, response, now: now)
        }
        switch admit(InboundHead(method: method, target: target)) {
        case .reject(let response):
            return reject(request, response, now: now)
        case .read(let limit, let respond):
            if let announced = check.announcedByteCount, announced > Int64(limit) {
                return reject(request, .tooLarge(limit: limit), now: now)
            }
            (request.bodyByteCountLimit, request.respond) = (limit, respond)
            // As announced, but no more than a usual body: a large one has to arrive before it takes room.
            let announced = Int(check.announcedByteCount ?? 0)
            request.body.reserveCapacity(min(announced, 64 * 1024))
            phase = .readingBody(request, since: since)
            return check.expectsContinue ? .sendContinue : .none
        }
    }

    mutating func bodyArrived(_ bytes: ByteBufferView, now: NIODeadline) -> Action {
        guard case .readingBody(var request, let since) = phase else { return .none }
        guard request.body.count + bytes.count <= request.bodyByteCountLimit else {
            return reject(request, .tooLarge(limit: request.bodyByteCountLimit), now: now)
        }
        guard budget.take(bytes.count, onTopOf: request.takenByteCount) else {
            return reject(request, .retryLater, now: now)
        }
        // Moved out of the phase while it grows, so that the array is not copied.
        phase = .closed
        request.takenByteCount += bytes.count
        request.body.append(contentsOf: bytes)
        phase = .readingBody(request, since: since)
        return .none
    }

    mutating func endArrived() -> Action {
        guard case .readingBody(var request, _) = phase else { return .none }
        let complete = InboundHeadAndBody(
            method: request.check.head.method.rawValue, target: request.target,
            headers: request.check.fields, body: request.body)
        request.body = []
        phase = .responding(request)
        return .handOver(complete)
    }

    /// The application responded to the request that was handed over.
    mutating func responded(_ response: Response, now: NIODeadline) -> Action {
        guard case .responding(let request) = phase else { return .none }
        budget.giveBack(request.takenByteCount)
        let keepsAlive = request.check.keepsAlive && !isEnding
        phase = keepsAlive ? .waiting(since: now) : .closed
        return .response(
            response, omitsBody: request.check.head.method == .HEAD, then: keepsAlive ? .keepAlive : .close)
    }

    /// What came is not HTTP.
    mutating func parsingFailed(_ error: HTTPParserError, now: NIODeadline) -> Action {
        switch phase {
        case .waiting, .readingHead, .readingBody:
            giveBackBudget()
            phase = .closed
            return .response(error == .headerOverflow ? .headersTooLarge : .malformed, omitsBody: false, then: .close)
        case .responding, .lingering, .closed:
            // The response that is on its way is the last one.
            isEnding = true
            return .none
        }
    }

    /// The client will send nothing more; a response that is on its way can still reach it.
    mutating func inputClosed() -> Action {
        switch phase {
        case .responding:
            isEnding = true
            return .none
        case .waiting, .readingHead, .readingBody, .lingering:
            giveBackBudget()
            phase = .closed
            return .close
        case .closed:
            return .none
        }
    }

    /// More connections are open than may be.
    mutating func rejectedForCount(now: NIODeadline) -> Action {
        phase = .lingering(since: now)
        return .respondWithoutRequest(.retryLater, then: .linger)
    }

    /// A deadline may have passed.
    mutating func timePassed(now: NIODeadline) -> Action {
        guard let deadline, now >= deadline else { return .none }
        switch phase {
        case .readingHead:
            phase = .closed
            return .respondWithoutRequest(.tooSlow, then: .close)
        case .readingBody(let request, _):
            budget.giveBack(request.takenByteCount)
            phase = .closed
            return .response(.tooSlow, omitsBody: request.check.head.method == .HEAD, then: .close)
        case .waiting, .lingering:
            phase = .closed
            return .close
        case .responding, .closed:
            return .none
        }
    }

    /// The server is stopping: what is being committed is finished, everything else is asked to retry later.
    mutating func drain(now: NIODeadline) -> Action {
        isEnding = true
        switch phase {
        case .waiting:
            phase = .closed
            return .close
        case .readingHead:
            phase = .closed
            return .respondWithoutRequest(.retryLater, then: .close)
        case .readingBody(let request, _):
            return reject(request, .retryLater, now: now)
        case .responding, .lingering, .closed:
            return .none
        }
    }

    /// The connection is gone, from either side.
    mutating func connectionClosed() {
        giveBackBudget()
        phase = .closed
    }

    /// Responds before the body was read. If there is a body, the connection cannot be used further.
    private mutating func reject(_ request: Request, _ response: Response, now: NIODeadline) -> Action {
        budget.giveBack(request.takenByteCount)
        let omitsBody = request.check.head.method == .HEAD
        guard request.check.hasNoBody, request.check.keepsAlive, !isEnding else {
            phase = .lingering(since: now)
            return .response(response, omitsBody: omitsBody, then: .linger)
        }
        phase = .waiting(since: now)
        return .response(response, omitsBody: omitsBody, then: .keepAlive)
    }

    private mutating func giveBackBudget() {
        switch phase {
        case .readingBody(let request, _), .responding(let request): budget.giveBack(request.takenByteCount)
        case .waiting, .readingHead, .lingering, .closed: break
        }
    }
}
