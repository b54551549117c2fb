internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

/// The last responses and the end of a connection.
extension ConnectionState {
    /// Called when the header lines exceed the parser's limit.
    mutating func headersTooLarge(now: NIODeadline) -> Action {
        end(with: .headersTooLarge, now: now)
    }

    /// Called when the input is not HTTP.
    mutating func malformedInput(_ cause: MalformedInput, now: NIODeadline) -> Action {
        end(with: cause.response, now: now)
    }

    /// Called when the request line is so long that its target exceeds the limit.
    mutating func targetTooLong(now: NIODeadline) -> Action {
        end(with: .targetTooLong, now: now)
    }

    /// Called at the end of a request line whose method is unknown.
    mutating func methodUnknown(now: NIODeadline) -> Action {
        end(with: .unknownMethod, now: now)
    }

    /// Called when the client stops sending. The client can still receive a pending response.
    mutating func inputClosed() -> Action {
        isEnding = true
        isInputClosed = true
        switch phase {
        case .responding, .closing, .closed: return .none
        case .connecting, .waiting, .readingHead, .readingBody, .lingering:
            close()
            return .close
        }
    }

    /// Called when a PROXY header names a client that has too many connections.
    mutating func rejectedForCount(now: NIODeadline) -> Action {
        end(with: .retryLater, now: now)
    }

    /// Called when the last response was passed to the kernel. Closing the connection while the client still sends
    /// could discard the response (RFC 9112 §9.6). Therefore the output is closed now. The input is closed when the
    /// client closes the connection or `lingerTime` ends.
    mutating func lastResponseWritten(now: NIODeadline) -> Action {
        guard case .closing = phase else { return .none }
        guard !isInputClosed else {
            close()
            return .close
        }
        phase = .lingering(since: now)
        return .closeOutput
    }

    mutating func writabilityChanged(_ isWritable: Bool, now: NIODeadline) {
        if !isWritable, blockedSince == nil { counters.add(.pendingOutput) }
        blockedSince = isWritable ? nil : blockedSince ?? now
    }

    /// Called when a deadline may have passed.
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
            return end(with: .tooSlow, now: now)
        case .waiting(_, let isFirst):
            counters.add(isFirst ? .headerTimeout : .idleTimeout)
            close()
            return .close
        case .readingBody(let request, let since):
            let isLate = now >= since + TimeAmount(limits.requestDeadline)
            counters.add(isLate ? .requestTimeout : .bodyTooSlow)
            return end(with: .tooSlow, omitsBody: request.check.head.method == .HEAD, now: now)
        case .responding(let request, _):
            counters.add(.responseTimeout)
            isEnding = true
            return respond(.retryLater, to: request, now: now)
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

    /// Called when the server stops. Ends a connection that is between two requests; a request that has started may
    /// still complete.
    ///
    /// - Parameter isQuiet: false if bytes of a further request have arrived.
    mutating func finish(isQuiet: Bool, now: NIODeadline) -> Action {
        isStopping = true
        guard isQuiet, case .waiting(_, isFirst: false) = phase else { return .none }
        phase = .lingering(since: now)
        return .closeOutput
    }

    /// Called when the server no longer waits for requests. Deliveries that are being committed are completed. Clients
    /// with other requests are asked to retry.
    mutating func drain(now: NIODeadline) -> Action {
        isStopping = true
        switch phase {
        case .connecting, .waiting:
            close()
            return .close
        case .readingHead: return end(with: .retryLater, now: now)
        case .readingBody(let request, _): return reject(request, .retryLater, now: now)
        case .responding, .lingering, .closing, .closed: return .none
        }
    }

    /// Called when either side closed the connection. Bytes that the application holds stay in the budget until the
    /// application responds.
    mutating func close() {
        releaseBody()
        phase = .closed
    }

    /// Responds before the body is read. If the request has a body, this response is the last of the connection.
    mutating func reject(_ request: Request, _ response: Response, now: NIODeadline) -> Action {
        budget.release(request.body.takenByteCount)
        countLimit(response)
        if !request.check.hasNoBody { isEnding = true }
        return respond(response, to: request, now: now)
    }

    mutating func respond(_ response: Response, to request: Request, now: NIODeadline) -> Action {
        if requestCount >= limits.requestsPerConnection {
            counters.add(.requestsPerConnection)
            isEnding = true
        }
        let afterwards: Afterwards
        if request.check.keepsAlive && !isEnding && !isStopping {
            phase = .waiting(since: now, isFirst: false)
            afterwards = request.check.head.version == .http1_0 ? .keepAliveOf10 : .keepAlive
        } else {
            phase = .closing(since: now)
            afterwards = .close
        }
        return .response(response, omitsBody: request.check.head.method == .HEAD, then: afterwards)
    }

    /// Responds although the request is incomplete, and ends the connection.
    private mutating func end(with response: Response, omitsBody: Bool = false, now: NIODeadline) -> Action {
        isEnding = true
        switch phase {
        case .connecting:
            close()
            return .close
        case .waiting, .readingHead, .readingBody:
            releaseBody()
            countLimit(response)
            phase = .closing(since: now)
            return .response(response, omitsBody: omitsBody, then: .close)
        case .responding, .lingering, .closing, .closed:
            // The connection already has its last response.
            return .none
        }
    }

    private func countLimit(_ response: Response) {
        switch response.status {
        case 413: counters.add(.bodyLimit)
        case 414: counters.add(.targetLimit)
        case 431: counters.add(.headerLimit)
        default: break
        }
    }

    private func releaseBody() {
        if case .readingBody(let request, _) = phase { budget.release(request.body.takenByteCount) }
    }
}
