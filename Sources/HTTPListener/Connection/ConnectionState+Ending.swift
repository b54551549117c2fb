internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

/// Responses, and the ways in which a connection ends.
extension ConnectionState {
    /// The input is not HTTP.
    mutating func parsingFailed(_ error: HTTPParserError, now: NIODeadline) -> Action {
        end(with: error == .headerOverflow ? .headersTooLarge : MalformedInput.syntax.response, .close, now: now)
    }

    mutating func malformedInput(_ cause: MalformedInput, now: NIODeadline) -> Action {
        end(with: cause.response, .linger, now: now)
    }

    /// The client will send nothing more; a response that is on its way can still reach it.
    mutating func inputClosed() -> Action {
        isEnding = true
        switch phase {
        case .responding, .closing, .closed: return .none
        case .connecting, .waiting, .readingHead, .readingBody, .lingering:
            close()
            return .close
        }
    }

    /// More connections are open than may be.
    mutating func rejectedForCount(now: NIODeadline) -> Action {
        end(with: .retryLater, .linger, now: now)
    }

    mutating func writabilityChanged(_ isWritable: Bool, now: NIODeadline) {
        blockedSince = isWritable ? nil : blockedSince ?? now
    }

    /// A deadline may have passed.
    mutating func timePassed(now: NIODeadline) -> Action {
        guard let deadline, now >= deadline else { return .none }
        if let blockedSince, now >= blockedSince + TimeAmount(limits.sendTimeout) {
            counters.add(.sendTimeout)
            close()
            return .close
        }
        switch phase {
        case .connecting:
            counters.add(.handshakeTimeout)
            close()
            return .close
        case .readingHead:
            counters.add(.headerTimeout)
            return end(with: .tooSlow, .close, now: now)
        case .waiting(_, let isFirst):
            counters.add(isFirst ? .headerTimeout : .idleTimeout)
            close()
            return .close
        case .readingBody(let request, let since):
            let isLate = now >= since + TimeAmount(limits.requestDeadline)
            counters.add(isLate ? .requestTimeout : .bodyTooSlow)
            return end(with: .tooSlow, omitsBody: request.check.head.method == .HEAD, .close, now: now)
        case .responding(let request, _):
            counters.add(.responseTimeout)
            isEnding = true
            return respond(.retryLater, to: request, otherwise: .close, now: now)
        case .lingering:
            close()
            return .close
        case .closing:
            counters.add(.sendTimeout)
            close()
            return .close
        case .closed:
            return .none
        }
    }

    /// The server is stopping: what is being committed is finished, everything else is asked to retry later.
    mutating func drain(now: NIODeadline) -> Action {
        isEnding = true
        switch phase {
        case .connecting, .waiting:
            close()
            return .close
        case .readingHead: return end(with: .retryLater, .close, now: now)
        case .readingBody(let request, _): return reject(request, .retryLater, now: now)
        case .responding, .lingering, .closing, .closed: return .none
        }
    }

    /// Closed from either side. What the application holds stays counted until it responds.
    mutating func close() {
        giveBackBody()
        phase = .closed
    }

    /// Responds before the body was read. If there is a body, the connection cannot be used further.
    mutating func reject(_ request: Request, _ response: Response, now: NIODeadline) -> Action {
        budget.giveBack(request.body.takenByteCount)
        if !request.check.hasNoBody { isEnding = true }
        return respond(response, to: request, otherwise: .linger, now: now)
    }

    /// - Parameter last: what follows the response if the connection does not stay open.
    mutating func respond(
        _ response: Response, to request: Request, otherwise last: Afterwards, now: NIODeadline
    ) -> Action {
        if requestCount >= limits.requestsPerConnection {
            counters.add(.requestsPerConnection)
            isEnding = true
        }
        let afterwards: Afterwards
        if request.check.keepsAlive && !isEnding {
            phase = .waiting(since: now, isFirst: false)
            afterwards = request.check.head.version == .http1_0 ? .keepAliveOf10 : .keepAlive
        } else {
            phase = last == .linger ? .lingering(since: now) : .closing(since: now)
            afterwards = last
        }
        return .response(response, omitsBody: request.check.head.method == .HEAD, then: afterwards)
    }

    /// Responds although no request is complete, and ends.
    private mutating func end(
        with response: Response, omitsBody: Bool = false, _ last: Afterwards, now: NIODeadline
    ) -> Action {
        isEnding = true
        switch phase {
        case .connecting:
            close()
            return .close
        case .waiting, .readingHead, .readingBody:
            giveBackBody()
            phase = last == .linger ? .lingering(since: now) : .closing(since: now)
            return .response(response, omitsBody: omitsBody, then: last)
        case .responding, .lingering, .closing, .closed:
            // The response that is on its way is the last one.
            return .none
        }
    }

    private func giveBackBody() {
        if case .readingBody(let request, _) = phase { budget.giveBack(request.body.takenByteCount) }
    }
}
