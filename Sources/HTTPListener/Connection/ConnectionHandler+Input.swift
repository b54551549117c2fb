internal import NIOCore

/// Called by the channel handlers before the parser.
extension ConnectionHandler {
    var wantedInput: ConnectionState.WantedInput { state.wantedInput }

    /// Called when bytes of a request head arrived.
    func bytesArrived() {
        state.bytesArrived(now: now)
        if let context { schedule(context) }
    }

    /// - Parameter source: the client's address; nil if the proxy opened the connection for itself, such as for a
    ///   health check.
    func proxyHeaderArrived(source: String?) {
        guard let context else { return }
        state.handshakeCompleted(now: now)
        client.proxies = nil
        if let source {
            client.connectionPeer = source
            if let address = client.limitedAddress,
                !registration.registry.identify(registration.entry, address: address, now: now)
            {
                application.observe(.tooManyConnections(peer: source))
                perform(state.rejectedForCount(now: now), context)
            }
        }
        schedule(context)
    }

    func malformedInput(_ cause: MalformedInput) {
        guard let context else { return }
        counters.add(.malformed)
        application.observe(.malformedRequest(cause, peer: client.connectionPeer))
        perform(state.malformedInput(cause, now: now), context)
    }

    /// Called at the end of a request line whose method is unknown.
    func methodUnknown() {
        guard let context else { return }
        performOwn(state.methodUnknown(now: now), context)
    }

    /// Called when the request line is too long for the parser.
    func targetTooLong() {
        guard let context else { return }
        performOwn(state.targetTooLong(now: now), context)
    }

    /// True if a chunked body may have this number of framing bytes. Otherwise an error response was sent.
    func admitsFraming(_ framingByteCount: Int, dataByteCount: Int) -> Bool {
        let isAdmitted = state.admitsFraming(framingByteCount, dataByteCount: dataByteCount)
        if !isAdmitted { malformedInput(.framing) }
        return isAdmitted
    }

    /// Called after the parser got a part of a chunked body.
    ///
    /// - Parameters:
    ///   - bodyByteCount: the bytes of the body up to the end of the current chunk.
    ///   - hasMisplacedBlank: true if the next chunk size line has a blank that is not optional white space.
    func chunkRead(bodyByteCount: Int, hasMisplacedBlank: Bool) {
        guard let context, state.wantedInput == .chunkedBody else { return }
        performOwn(state.chunkAnnounced(bodyByteCount: bodyByteCount, now: now), context)
        if hasMisplacedBlank, state.wantedInput == .chunkedBody { malformedInput(.syntax) }
    }

    /// Called when a chunked body has a `Connection` trailer, which the parser obeys. The current request is then the
    /// last request of the connection.
    func connectionTrailerArrived() {
        state.isEnding = true
    }

    /// Counts a connection that is no longer read because its input after the last response exceeds the limit.
    func noteLingerLimit() {
        counters.add(.lingerLimit)
    }

    func writabilityChanged(_ isWritable: Bool) {
        state.writabilityChanged(isWritable, now: now)
        if let context { schedule(context) }
    }
}
