internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

/// The state of one connection. Does no I/O and reads no clock: the channel handler passes in events with their time,
/// and performs the returned action.
///
/// ```
///  connecting ─ handshakes done ─▶ waiting
///
///              bytes              head, admitted          end                response, keep-alive
///  waiting ───────────▶ readingHead ──────────▶ readingBody ──────▶ responding ──────────────────▶ waiting
///     │ idle               │ deadline: 408         │ deadline: 408      │ response, close; deadline: 503
///     ▼                    ▼ head rejected          ▼ too large: 413     ▼
///   closed              closing ◀──────────────────┴────────────────────┘
///                          └─ written ─▶ lingering ─ input closed, or deadline ─▶ closed
/// ```
/// `closing` waits until the last response is written. `lingering` waits until the client closes the connection,
/// because closing it while the client still sends may discard the response. Input is discarded in both phases. Every
/// phase except `closed` has a deadline. In every phase, there is also a deadline for output that the client does not
/// read.
struct ConnectionState {
    enum Action: Equatable {
        case none
        /// Send `100 Continue`. The client waits for it before it sends the body (RFC 9110 §10.1.1).
        case sendContinue
        case handOver(InboundHeadAndBody)
        case response(Response, omitsBody: Bool, then: Afterwards)
        /// Close the output. The client may still send.
        case closeOutput
        case close
    }

    enum Afterwards: Equatable {
        case keepAlive
        /// Like `keepAlive`, plus the `Connection: keep-alive` header that HTTP/1.0 clients expect (RFC 9112 §9.3).
        case keepAliveOf10
        /// Close the output after the response is written. `lastResponseWritten` describes when the input is closed.
        case close
    }

    /// The input that the connection passes to the parser next.
    enum WantedInput: Equatable {
        case head
        /// Bytes of a body. The value is the number of missing bytes.
        case body(Int)
        case chunkedBody
        /// No bytes, because a response is outstanding.
        case nothing
        case discarded
    }

    /// A request whose body is complete.
    struct InboundHeadAndBody: Equatable {
        let method: String
        let target: RequestTarget
        let headers: HeaderFields
        let body: [UInt8]
        /// The client's address.
        let peer: String
        let id: RequestID
    }

    enum Phase {
        /// The PROXY header or the TLS handshake is incomplete, so no response can be sent.
        case connecting(handshakesLeft: Int, since: NIODeadline)
        case waiting(since: NIODeadline, isFirst: Bool)
        case readingHead(since: NIODeadline)
        case readingBody(Request, since: NIODeadline)
        case responding(Request, since: NIODeadline)
        case lingering(since: NIODeadline)
        case closing(since: NIODeadline)
        case closed
    }

    struct Request {
        let check: HeadCheck
        let target: RequestTarget
        let peer: String
        let id: RequestID
        var bodyByteCountLimit = 0
        /// The function that responds; set when the request is admitted.
        var respond: Admission.Respond?
        var body = BodyBuffer()
        var bodySince: NIODeadline
    }

    let limits: ListenerLimits
    let budget: BodyBudget
    let counters: ListenerCounters
    var phase: Phase
    var requestCount = 0
    /// The ID of the last request with a complete head; nil while the next head arrives.
    private(set) var requestID: RequestID?
    /// The time at which the output became unwritable; nil while it is writable.
    var blockedSince: NIODeadline?
    /// True if no further request is read, for example because the client stopped sending or the input was not HTTP.
    var isEnding = false
    /// True if the client stopped sending.
    var isInputClosed = false
    /// True if the server stops. The next response is then the connection's last.
    var isStopping = false
    /// The bytes of the budget that the application holds. The application may hold them after the connection has
    /// ended.
    var handedOverByteCount = 0

    /// - Parameter handshakeCount: the number of handshakes (PROXY header, TLS) before the first request.
    init(
        limits: ListenerLimits, budget: BodyBudget, counters: ListenerCounters, handshakeCount: Int = 0,
        now: NIODeadline
    ) {
        self.limits = limits
        self.budget = budget
        self.counters = counters
        self.phase =
            handshakeCount > 0
            ? .connecting(handshakesLeft: handshakeCount, since: now) : .waiting(since: now, isFirst: true)
    }

    /// The time at which `timePassed` must be called next; nil once the connection is closed.
    var deadline: NIODeadline? {
        guard let phaseDeadline, let blockedSince else { return phaseDeadline }
        return min(phaseDeadline, blockedSince + TimeAmount(limits.sendTimeout))
    }

    var phaseDeadline: NIODeadline? {
        switch phase {
        case .connecting(_, let since): since + TimeAmount(limits.handshakeTimeout)
        case .waiting(let since, let isFirst): since + TimeAmount(isFirst ? limits.headerTimeout : limits.idleTimeout)
        case .readingHead(let since): since + TimeAmount(limits.headerTimeout)
        case .readingBody(let request, let since):
            min(since + TimeAmount(limits.requestDeadline), rateDeadline(request))
        case .responding(_, let since): since + TimeAmount(limits.responseTimeout)
        case .lingering(let since): since + TimeAmount(limits.lingerTime)
        case .closing(let since): since + TimeAmount(limits.sendTimeout)
        case .closed: nil
        }
    }

    /// The time at which the average rate of the body becomes too low. The product fits in 64 bits, because a body has
    /// at most 1 GiB.
    private func rateDeadline(_ request: Request) -> NIODeadline {
        let time = Int64(request.body.bytes.count) * 1_000_000_000 / Int64(max(limits.bodyByteRate, 1))
        return request.bodySince + TimeAmount(limits.bodyRateGrace) + .nanoseconds(time)
    }

    /// The phase of this connection in metrics.
    var waitsFor: ConnectionPhase {
        switch phase {
        case .connecting: .handshake
        case .waiting: .idle
        case .readingHead: .head
        case .readingBody: .body
        case .responding: .response
        case .lingering, .closing, .closed: .closing
        }
    }

    /// True if a PROXY header or a TLS handshake is outstanding.
    var isConnecting: Bool {
        if case .connecting = phase { true } else { false }
    }

    var wantedInput: WantedInput {
        switch phase {
        // No byte of a request is read before the handshakes end.
        case .connecting: .nothing
        case .waiting, .readingHead: isEnding ? .discarded : .head
        case .readingBody(let request, _): request.check.wantedBody(after: request.body.bytes.count)
        case .responding: .nothing
        case .lingering, .closing, .closed: .discarded
        }
    }

    /// The function that responds to the current request; nil if the application has no request.
    var respond: Admission.Respond? {
        if case .responding(let request, _) = phase { request.respond } else { nil }
    }

    /// Called when the PROXY header was read or the TLS handshake has completed.
    mutating func handshakeCompleted(now: NIODeadline) {
        guard case .connecting(let left, let since) = phase else { return }
        phase =
            left > 1 ? .connecting(handshakesLeft: left - 1, since: since) : .waiting(since: now, isFirst: true)
    }

    /// Called when bytes of a request head arrived.
    mutating func bytesArrived(now: NIODeadline) {
        guard case .waiting(let since, let isFirst) = phase else { return }
        requestID = nil
        phase = .readingHead(since: isFirst ? since : now)
    }

    mutating func headArrived(
        _ head: HTTPRequestHead, from client: ClientAddress, now: NIODeadline, admit: (InboundHead) -> Admission
    ) -> Action {
        let since: NIODeadline
        switch phase {
        case .waiting(let start, true), .readingHead(let start): since = start
        case .waiting: since = now
        case .connecting, .readingBody, .responding, .lingering, .closing, .closed:
            // The parser saw a second head within one request, so the connection ends after its response.
            isEnding = true
            return .none
        }
        requestCount += 1
        let target = RequestTarget(head.uri)
        let id = RequestID.next()
        requestID = id
        var request = Request(
            check: HeadCheck(head), target: target, peer: client.peer(of: head), id: id, bodySince: now)
        if isEnding { return reject(request, .retryLater, now: now) }
        if let response = request.check.problem(limits) {
            isEnding = true
            return reject(request, response, now: now)
        }
        var inbound = InboundHead(
            method: head.method.rawValue, target: target, peer: request.peer, certificate: client.certificate)
        inbound.id = id
        switch admit(inbound) {
        case .reject(let response):
            return reject(request, response, now: now)
        case .read(let limit, let respond):
            if let announced = request.check.announcedByteCount, announced > Int64(limit) {
                return reject(request, .tooLarge(limit: limit), now: now)
            }
            (request.bodyByteCountLimit, request.respond) = (limit, respond)
            phase = .readingBody(request, since: since)
            return request.check.expectsContinue ? .sendContinue : .none
        }
    }

    mutating func bodyArrived(_ bytes: ByteBufferView, now: NIODeadline) -> Action {
        guard case .readingBody(var request, let since) = phase else { return .none }
        guard request.body.bytes.count + bytes.count <= request.bodyByteCountLimit else {
            return reject(request, .tooLarge(limit: request.bodyByteCountLimit), now: now)
        }
        // Moves the body out of the phase while it grows. Otherwise Swift would copy the array.
        phase = .closed
        let isAppended = request.body.append(
            bytes, announced: request.check.announcedByteCount, limit: request.bodyByteCountLimit, from: budget)
        guard isAppended else {
            counters.add(.bodyMemoryFull)
            return reject(request, .retryLater, now: now)
        }
        phase = .readingBody(request, since: since)
        return .none
    }

    /// Called when the size of a chunk arrived.
    ///
    /// - Parameter bodyByteCount: the bytes of the body up to the end of this chunk.
    mutating func chunkAnnounced(bodyByteCount: Int, now: NIODeadline) -> Action {
        guard case .readingBody(let request, _) = phase, bodyByteCount > request.bodyByteCountLimit else {
            return .none
        }
        return reject(request, .tooLarge(limit: request.bodyByteCountLimit), now: now)
    }

    /// True if a chunked body may have this number of framing bytes.
    mutating func admitsFraming(_ framingByteCount: Int, dataByteCount: Int) -> Bool {
        framingByteCount <= limits.headerByteCount || (framingByteCount - limits.headerByteCount) / 16 <= dataByteCount
    }

    mutating func endArrived(now: NIODeadline) -> Action {
        guard case .readingBody(var request, _) = phase else { return .none }
        let complete = InboundHeadAndBody(
            method: request.check.head.method.rawValue, target: request.target,
            headers: request.check.fields, body: request.body.bytes, peer: request.peer,
            id: request.id)
        handedOverByteCount = request.body.takenByteCount
        request.body = BodyBuffer()
        phase = .responding(request, since: now)
        return .handOver(complete)
    }

    /// Called when the application responds. From then on, the application no longer holds the body of the request.
    mutating func responded(_ response: Response, now: NIODeadline) -> Action {
        budget.release(handedOverByteCount)
        handedOverByteCount = 0
        guard case .responding(let request, _) = phase else { return .none }
        return respond(response, to: request, now: now)
    }
}
