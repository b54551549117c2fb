internal import Foundation
internal import Synchronization
internal import Threads

/// Events for logs and metrics. Events are reported on the server's threads.
package enum ControlEvent: Equatable, Sendable {
    /// The server rejected a client and closed its connection. `userID` is nil if the kernel does not report the ID.
    case rejected(ControlFailure, userID: UInt32?)
    /// `accept` failed, for example because no descriptor is left. The server retries every second.
    case acceptFailed(ControlFailure)
}

/// The server of the control socket.
///
/// **The rule of this module: it transports messages and does not know their meaning.** It uses no archive,
/// configuration or event loop. A connection carries one request and any number of responses. The server blocks only
/// its own threads. `stop()` joins the accepting thread, which joins the clients' threads. Every wait has a deadline.
/// The size of each frame and of all frames together is limited. A client that breaks a rule loses only its own
/// connection.
///
///     start() ─▶ accepting thread ─▶ peer allowed? slot free? ─▶ client thread: read frame ▸ decode ▸ handle ▸ send …
///   stop()  ─▶ wakes that thread ─▶ ends reading on all clients ─▶ waits `stopGrace` ─▶ ends the connections ─▶ joins
///
/// The caller must hold a lock that prevents a second server at the same path, because replacing a stale socket file is
/// not atomic. The directory must be private to the user, because a client does not check who listens.
package final class ControlServer<Request: Decodable & Sendable, Response: Encodable & Sendable>: Sendable {
    /// Handles one request on the client's thread and sends any number of responses.
    ///
    /// If `send` fails with an error other than `tooLarge` or `malformed`, the client has gone. A long handler should
    /// then return, because `stop()` waits for it.
    package typealias Handler =
        @Sendable (_ request: Request, _ send: (Response) throws(ControlFailure) -> Void) -> Void

    private enum State {
        case idle
        case running(OwnedThread, WakePipe)
        case stopped
    }

    /// A connection and its thread. The accepting thread owns both.
    private struct Client {
        let channel: ControlChannel
        let hasEnded: Flag
        let thread: OwnedThread
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    private let path: String
    private let limits: ControlLimits
    private let allowedUserIDs: Set<UInt32>
    private let observe: @Sendable (ControlEvent) -> Void
    private let descriptors: @Sendable (Response) -> [Int32]
    private let handle: Handler
    private let state = Mutex(State.idle)
    private let isStopping = Atomic(false)
    private let heldByteCount = Mutex(0)

    /// - Parameters:
    ///   - allowedUserIDs: the users who may connect. Nil means root and the effective user of this process.
    ///   - descriptors: returns the descriptors to send with a response. The server closes these descriptors after
    ///     sending.
    package init(
        path: String, limits: ControlLimits = ControlLimits(), allowedUserIDs: Set<UInt32>? = nil,
        observe: @escaping @Sendable (ControlEvent) -> Void = { _ in },
        descriptors: @escaping @Sendable (Response) -> [Int32] = { _ in [] }, handle: @escaping Handler
    ) {
        precondition(limits.frameByteCount <= limits.totalByteCount)
        self.path = path
        self.limits = limits
        self.allowedUserIDs = allowedUserIDs ?? [geteuid(), 0]
        self.observe = observe
        self.descriptors = descriptors
        self.handle = handle
    }

    /// Listens at the path until `stop()`. A server can be started only once; if `start()` fails, it can be called
    /// again.
    package func start() throws(ControlFailure) {
        let address = try ControlAddress(path)
        try state.withLock { state throws(ControlFailure) in
            guard case .idle = state else { preconditionFailure("a control server can be started only once") }
            let wake = try WakePipe()
            let listener = try address.listen()
            do throws(ControlFailure) {
                let thread = try thread("callbox-control") { [self] in run(listener, wake) }
                state = .running(thread, wake)
            } catch {
                address.removeFile()
                close(listener)
                throw error
            }
        }
    }

    /// Removes the socket file, gives handlers the grace time to finish, and returns after every thread has ended.
    /// Blocks, so a handler must not call it.
    package func stop() {
        let running = state.withLock { state -> (OwnedThread, WakePipe)? in
            guard case .running(let thread, let wake) = state else { return nil }
            state = .stopped
            return (thread, wake)
        }
        guard let (thread, wake) = running else { return }
        isStopping.store(true, ordering: .releasing)
        unlink(path)
        wake.signal()
        thread.join()
    }

    private func run(_ listener: Int32, _ wake: WakePipe) {
        var clients: [Client] = []
        let unfinished = DispatchGroup()
        var entries = [listener, wake.readEnd].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            poll(&entries, nfds_t(entries.count), -1)
            wake.drain()
            guard !isStopping.load(ordering: .acquiring) else { break }
            clients.removeAll { client in
                guard client.hasEnded.isSet.load(ordering: .acquiring) else { return false }
                client.thread.join()
                return true
            }
            let descriptor = accept(listener, nil, nil)
            if descriptor >= 0 {
                ControlAddress.prepare(descriptor)
                let channel = ControlChannel(descriptor, limits: limits)
                if let client = admit(channel, clientCount: clients.count, unfinished, wake) { clients.append(client) }
            } else if ![EAGAIN, EINTR, ECONNABORTED].contains(errno) {
                observe(.acceptFailed(.failed("accept", errno)))
                // Pauses without polling the listener. Polling the listener would return at once, because the
                // connection is still in its queue.
                poll(&entries[1], 1, 1000)
            }
        }
        close(listener)
        for client in clients { client.channel.endReading() }
        if unfinished.wait(timeout: .now() + limits.stopGrace / .seconds(1)) == .timedOut {
            for client in clients { client.channel.end() }
        }
        for client in clients { client.thread.join() }
    }

    /// Starts the thread of a client, or rejects the client.
    private func admit(
        _ channel: ControlChannel, clientCount: Int, _ unfinished: DispatchGroup, _ wake: WakePipe
    ) -> Client? {
        guard let userID = channel.peerUserID, allowedUserIDs.contains(userID) else {
            reject(channel, .notPermitted)
            return nil
        }
        guard clientCount < limits.clientCount else {
            reject(channel, .busy("it already has \(clientCount) clients"))
            return nil
        }
        let hasEnded = Flag()
        unfinished.enter()
        do throws(ControlFailure) {
            let thread = try thread("callbox-client") { [self] in
                serve(channel)
                channel.end()
                hasEnded.isSet.store(true, ordering: .releasing)
                wake.signal()
                unfinished.leave()
            }
            return Client(channel: channel, hasEnded: hasEnded, thread: thread)
        } catch {
            unfinished.leave()
            reject(channel, .busy("it cannot start another thread"))
            return nil
        }
    }

    private func thread(
        _ name: String, _ run: @escaping @Sendable () -> Void
    ) throws(ControlFailure) -> OwnedThread {
        do throws(OwnedThread.CannotStart) {
            return try OwnedThread(name, run)
        } catch {
            throw .failed("pthread_create", error.code)
        }
    }

    private func serve(_ channel: ControlChannel) {
        do throws(ControlFailure) {
            guard let byteCount = try channel.readLength(within: limits.receiveTimeout) else { return }
            try reserve(byteCount)
            defer { heldByteCount.withLock { $0 -= byteCount } }
            try respond(to: try channel.readMessage(Request.self, byteCount: byteCount), on: channel)
        } catch {
            if error != .closed { reject(channel, error) }
        }
    }

    private func respond(to request: Request, on channel: ControlChannel) throws(ControlFailure) {
        var hasFailed = false
        handle(request) { response throws(ControlFailure) in
            guard !hasFailed else { throw .closed }
            let frame = try ControlCoding.encode(ControlReply.response(response), byteCountLimit: limits.frameByteCount)
            let descriptors = descriptors(response)
            defer { for descriptor in descriptors { close(descriptor) } }
            do throws(ControlFailure) {
                try channel.write(frame, with: descriptors)
            } catch {
                hasFailed = true
                throw error
            }
        }
        // After a failed send, no further frame can be sent, because a part of the failed frame may have been sent.
        if hasFailed { throw .closed }
    }

    private func reserve(_ byteCount: Int) throws(ControlFailure) {
        let isReserved = heldByteCount.withLock { held in
            guard byteCount <= limits.totalByteCount - held else { return false }
            held += byteCount
            return true
        }
        guard isReserved else { throw .busy("other requests use all memory for frames") }
    }

    private func reject(_ channel: ControlChannel, _ failure: ControlFailure) {
        observe(.rejected(failure, userID: channel.peerUserID))
        do throws(ControlFailure) {
            let reply = ControlReply<Response>.failure(failure)
            try channel.write(try ControlCoding.encode(reply, byteCountLimit: limits.frameByteCount))
        } catch {
            // Ignored: the client has gone or does not read.
        }
        channel.end()
    }
}
