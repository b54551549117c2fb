internal import NIOCore
internal import NIOPosix

/// Stops a listener in three steps.
///
/// ```
///  stop ───▶ each response says `Connection: close`; connections are accepted as before
///  finish ─▶ quiet connections get a second for a last request ▸ no further connection is accepted ▸ requests that have begun
///            get two seconds ▸ commits in progress get their response, other requests 503
///  close ──▶ clients get time to read their responses
/// ```
/// A client must not lose a request that it sends on a connection that seems open (RFC 9112 §9.3.1), so connections in use
/// end with a response that says so.
extension OpenListener {
    /// The maximum time without a request until a connection is ended.
    private static let quietTime: Duration = .seconds(1)
    /// The maximum time that a request that has started may take until its last byte.
    private static let requestTime: Duration = .seconds(2)
    private static let pollInterval: Duration = .milliseconds(5)

    /// Makes each further response the last one of its connection.
    package func stop() {
        shared.connections.stop()
    }

    /// True after `stop`.
    var isStopping: Bool { shared.connections.isStopping }

    /// Stops accepting and returns when no connection needs the application any more, or after `grace`.
    ///
    /// Connections that wait in the kernel are reset, unless another process also has the listening sockets.
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

    /// Waits until clients have read their responses, and closes connections that are open after `grace`.
    package func close(grace: Duration) async {
        await shared.connections.close(grace: grace, on: channels[0].eventLoop)
    }

    package func shutDown(grace: Duration) async {
        await finish(grace: grace)
        await close(grace: grace)
    }

    /// Waits until no connection is in one of the phases.
    private func wait(until end: ContinuousClock.Instant, for phases: [ConnectionPhase]) async {
        while ContinuousClock.now < end, !Task.isCancelled {
            let counts = connectionsByPhase
            guard phases.contains(where: { counts[$0] != nil }) else { return }
            try? await Task.sleep(for: Self.pollInterval)
        }
    }

    /// Closes the channels after every accepted connection has its handlers: until then NIO would close such a connection
    /// with its listener.
    private func stopAccepting() async {
        for channel in channels { try? await channel.setOption(.autoRead, value: false).get() }
        // An accepted connection is handled by its own loop, then the listener's, then its own again.
        for _ in 0..<3 {
            for loop in group.makeIterator() { try? await loop.submit {}.get() }
        }
        for channel in channels { try? await channel.close().get() }
        for socket in sockets { socket.close() }
    }
}
