internal import NIOCore
internal import NIOPosix

/// Stops a listener in three steps.
///
/// ```
///  stop ───▶ each response says `Connection: close`; connections are accepted as before
///  finish ─▶ quiet connections get a second for a last request ▸ no further connection is accepted ▸ requests that
///            have begun get two seconds ▸ commits in progress get their response, other requests 503
///  close ──▶ clients get time to read their responses
/// ```
/// A client must not lose a request that it sends on a connection that seems open (RFC 9112 §9.3.1). Therefore the last
/// response on a connection announces that the connection ends.
extension OpenListener {
    /// The maximum time that a connection without a request stays open.
    private static let quietTime: Duration = .seconds(1)
    /// The maximum time from `finish` until the last byte of a request that has started.
    private static let requestTime: Duration = .seconds(2)
    private static let pollInterval: Duration = .milliseconds(5)

    /// Makes each further response the last one on its connection.
    package func stop() {
        shared.connections.stop()
    }

    /// True after `stop`.
    var isStopping: Bool { shared.connections.isStopping }

    /// Stops accepting. Returns when no connection waits for the application, or after `grace`.
    ///
    /// Resets the connections that wait in the kernel, unless another process also has the listening sockets.
    package func finish(grace: Duration) async {
        stop()
        let end = ContinuousClock.now + grace
        await wait(until: min(.now + Self.quietTime, end), for: [.idle])
        await stopAccepting()
        shared.connections.send(.finish)
        await wait(until: min(.now + Self.requestTime, end), for: [.handshake, .idle, .head, .body])
        shared.connections.send(.drain)
        await wait(until: end, for: [.handshake, .idle, .head, .body, .response])
    }

    /// Waits until clients have read their responses. Closes connections that are still open after `grace`.
    package func close(grace: Duration) async {
        await shared.connections.close(grace: grace, on: channels[0].eventLoop)
    }

    package func shutDown(grace: Duration) async {
        await finish(grace: grace)
        await close(grace: grace)
    }

    /// Waits until no connection is in one of the phases, or until `end`.
    private func wait(until end: ContinuousClock.Instant, for phases: [ConnectionPhase]) async {
        while ContinuousClock.now < end, !Task.isCancelled {
            let counts = connectionsByPhase
            guard phases.contains(where: { counts[$0] != nil }) else { return }
            try? await Task.sleep(for: Self.pollInterval)
        }
    }

    /// Closes the listening channels, but only after every accepted connection has its handlers. Until then, NIO would
    /// close these connections together with their listener.
    private func stopAccepting() async {
        for channel in channels { try? await channel.setOption(.autoRead, value: false).get() }
        // An accepted connection is set up in three steps: by its own loop, by the listener's loop, and again by its
        // own loop.
        for _ in 0..<3 {
            for loop in group.makeIterator() { try? await loop.submit {}.get() }
        }
        for channel in channels { try? await channel.close().get() }
        for socket in sockets { socket.close() }
    }
}
