internal import Crypto
package import Deliveries
package import Journal
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Sends the entries of a primary to its followers, and records the last position of each follower.
///
/// ```
/// GET /entries ─ token ─▶ thread: epoch ▸ mark ▸ acknowledge `after` ▸ read ─ entries ─▶ 200
///                                                                      └─ none ─▶ waiting ─ growth or time ─▶ read
/// ```
/// A request means that the follower has all entries up to `after` on its disk, so commits up to that position stop
/// waiting. A request with a higher epoch supersedes this archive if both archives have the same history up to the
/// start of that epoch.
package final class ReplicationSource: Sendable {
    package enum Event: Sendable, Equatable {
        case unauthorized(peer: String)
        case followerConnected(node: String, position: Int64)
        /// The follower's archive is not a copy of this archive.
        case followerDiffers(node: String, position: Int64)
        /// Two followers use the name, and this request is from the second.
        case followerNameInUse(node: String)
        /// Another archive took over, so no more deliveries are acknowledged.
        case superseded(epoch: Int64)
        case failed(ArchiveError)
    }

    private static let unauthorizedInterval: Duration = .seconds(10)

    struct State {
        var waits = FollowerWaits()
        var followers = FollowerTable()
        var waiting: [Int: Waiting] = [:]
        var nextID = 0
        /// The number of announced commits.
        var growth = 0
        var isClosed = false
        /// True while a task that ends expired waits is scheduled.
        var hasTimer = false
        var unauthorizedAt: ContinuousClock.Instant?
    }

    private let writer: JournalWriter
    private let reader: JournalReader
    private let tokenDigest: SHA256Digest
    private let limits: BatchLimits
    private let acknowledgementLimit: Duration
    private let note: @Sendable (Event) -> Void
    let state = Mutex(State())
    /// A pool with one thread, because only one thread may use the reader.
    private let thread = NIOThreadPool(numberOfThreads: 1)
    let loop: any EventLoop

    /// - Parameters:
    ///   - token: the token that followers send as `Authorization: Bearer …`.
    ///   - acknowledgementLimit: the maximum time that a commit waits for a follower.
    ///   - note: called on any thread; must not block.
    package init(
        _ writer: JournalWriter, token: [UInt8], limits: BatchLimits = BatchLimits(),
        acknowledgementLimit: Duration = .seconds(5), note: @escaping @Sendable (Event) -> Void
    ) throws(ArchiveError) {
        self.writer = writer
        self.reader = try JournalReader(writer.directory.journal)
        self.tokenDigest = SHA256.hash(data: token)
        self.limits = limits
        self.acknowledgementLimit = acknowledgementLimit
        self.note = note
        self.loop = MultiThreadedEventLoopGroup.singleton.next()
        thread.start()
        writer.onGrowth { [weak self] in self?.grew() }
    }

    /// Responds with 503 to all waiting requests, and ends the waits of commits. Blocks.
    package func close() {
        let (waiting, waits) = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return (Array(state.waiting.values), state.waits.removeAll())
        }
        for finish in waits { finish(false) }
        for waiting in waiting {
            waiting.timer.cancel()
            waiting.respond(.retryLater)
        }
        try? thread.syncShutdownGracefully()
        reader.close()
    }

    // MARK: Commits

    /// True if a follower has a waiting request, or sent its last request a few seconds ago.
    package var isFollowed: Bool {
        state.withLock { $0.followers.isFollowed(at: .now) }
    }

    /// Calls `finish` on any thread: with true as soon as a follower has the entry on disk, or with false after a time
    /// limit.
    package func waitForFollower(of position: Int64, finish: @escaping @Sendable (Bool) -> Void) {
        let deadline = ContinuousClock.now + acknowledgementLimit
        let outcome: Bool? = state.withLock { state in
            guard !state.isClosed else { return false }
            guard state.waits.add(position, until: deadline, finish) else { return true }
            if !state.hasTimer {
                state.hasTimer = true
                schedule(at: deadline)
            }
            return nil
        }
        if let outcome { finish(outcome) }
    }

    private func schedule(at deadline: ContinuousClock.Instant) {
        loop.scheduleTask(in: TimeAmount(ContinuousClock.now.duration(to: deadline))) { [self] in expire() }
    }

    private func expire() {
        let expired = state.withLock { state in
            let expired = state.waits.expired(at: .now)
            state.hasTimer = state.waits.deadline != nil
            if let deadline = state.waits.deadline { schedule(at: deadline) }
            return expired
        }
        for finish in expired { finish(false) }
    }

    /// The followers, their last positions and the times of their last requests.
    package var followers: [(node: String, position: Int64, lastContact: ContinuousClock.Instant)] {
        state.withLock { $0.followers.followers.map { ($0.node, $0.position, $0.lastContact) } }
    }

    var followerTable: FollowerTable { state.withLock { $0.followers } }

    package var waitingCommitCount: Int { state.withLock { $0.waits.count } }

    // MARK: Requests

    /// Responds to the requests of the listener.
    package func admit(_ head: InboundHead) -> Admission {
        guard head.target.path == ReplicationRequest.path else { return .reject(.text(404, "Use /entries.\n")) }
        guard head.method == "GET" else { return .reject(.text(405, "Use GET.\n", headers: [.init("Allow", "GET")])) }
        return .read(bodyByteCountLimit: 0) { [self] request, respond in receive(request, respond) }
    }

    private func receive(_ request: InboundRequest, _ respond: @escaping @Sendable (Response) -> Void) {
        // Compares digests, so the duration does not depend on the token's bytes.
        guard let value = request.headers.onlyValue(named: "Authorization"), value.hasPrefix("Bearer "),
            SHA256.hash(data: Array(value.utf8.dropFirst(7))) == tokenDigest
        else {
            noteUnauthorized(request.peer)
            return respond(.text(401, "The token is missing or wrong.\n"))
        }
        guard let parsed = ReplicationRequest(request.target) else {
            return respond(.text(400, "The request is not from a follower of this version.\n"))
        }
        submit(parsed, respond)
    }

    /// Reports only one unauthorized request per period, because any client can send such requests.
    private func noteUnauthorized(_ peer: String) {
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.unauthorizedAt, last.duration(to: now) < Self.unauthorizedInterval { return false }
            state.unauthorizedAt = now
            return true
        }
        if isDue { note(.unauthorized(peer: peer)) }
    }

    /// - Parameter hasWaited: whether the request was noted before it waited for an entry.
    func submit(
        _ request: ReplicationRequest, hasWaited: Bool = false, _ respond: @escaping @Sendable (Response) -> Void
    ) {
        thread.submit { [self] state in
            guard case .active = state else { return respond(.retryLater) }
            do throws(ArchiveError) {
                try serve(request, hasWaited: hasWaited, respond)
            } catch {
                note(.failed(error))
                respond(.retryLater)
            }
        }
    }

    /// Responds to a request, or makes it wait for an entry. Runs on the pool's thread.
    private func serve(
        _ request: ReplicationRequest, hasWaited: Bool, _ respond: @escaping @Sendable (Response) -> Void
    ) throws(ArchiveError) {
        var epoch = try reader.epoch()
        if request.epoch > epoch.highest {
            // Position 0 is not enough, because all journals have the same mark there.
            guard request.epochStart.position > 0, try reader.position(of: request.epochStart) == .same else {
                return refuse(.differs, request, respond)
            }
            try writer.supersede(by: request.epoch)
            epoch = try reader.epoch()
            if epoch.isSuperseded { note(.superseded(epoch: request.epoch)) }
        }
        switch try reader.position(of: request.mark) {
        case .differs: return refuse(.differs, request, respond)
        case .removed(let lastKnown): return refuse(.removed(lastKnown: lastKnown), request, respond)
        case .same: break
        }
        // The count is read before the end of the journal. Otherwise an entry that is added between the two reads would
        // be missed.
        let growth = state.withLock { $0.growth }
        let end = try reader.end()?.position ?? 0
        // A mark before `after` is accepted only if this archive no longer has the chain hash at `after`.
        let isLast = request.mark.position == request.after
        guard request.after <= end, try isLast ? true : reader.mark(at: request.after) == nil else {
            return refuse(.differs, request, respond)
        }
        // The end of a wait does not count as contact: the process may have ended while its request waited, and another
        // process may have its name now.
        let isFirst = hasWaited || noteContact(request)
        // A follower that takes over is served even if another process uses its name, because otherwise no archive
        // would accept entries.
        guard isFirst || epoch.isSuperseded else { return refuse(.nameInUse, request, respond) }
        let run =
            request.isLeaving
            ? nil
            : try reader.run(after: request.after, countLimit: limits.entryCount, byteCountLimit: limits.byteCount)
        if run == nil, request.waitSeconds > 0, !epoch.isSuperseded, wait(request, respond, since: growth) { return }
        let batch = ReplicationBatch(epoch: epoch.number, highestEpoch: epoch.highest, end: end, run: run)
        respond(
            Response(
                status: 200, headers: [HeaderField("Content-Type", "application/octet-stream")], body: batch.encoded))
    }

    private func refuse(
        _ refusal: ReplicationRefusal, _ request: ReplicationRequest, _ respond: @Sendable (Response) -> Void
    ) {
        switch refusal {
        case .differs: note(.followerDiffers(node: request.node, position: request.mark.position))
        case .nameInUse: note(.followerNameInUse(node: request.node))
        case .removed: break
        }
        let text = refusal == .nameInUse ? "Another follower has this name.\n" : "The archives differ.\n"
        respond(
            .text(
                409, text, headers: [HeaderField(ReplicationRefusal.header, refusal.text)]))
    }

    /// Notes that the follower has all entries up to `after`.
    ///
    /// - Returns: false if its name belongs to another follower.
    private func noteContact(_ request: ReplicationRequest) -> Bool {
        let now = ContinuousClock.now
        let (acknowledged, isNew, isFirst) = state.withLock { state in
            let isNew = !state.followers.followers.contains { $0.node == request.node }
            let isFirst = state.followers.note(request.node, request.instance, request.after, at: now)
            if isFirst, request.isLeaving { state.followers.noteLeft(request.node) }
            return (state.waits.acknowledge(upTo: request.after), isNew, isFirst)
        }
        for finish in acknowledged { finish(true) }
        if isNew { note(.followerConnected(node: request.node, position: request.after)) }
        return isFirst
    }
}

extension Response {
    fileprivate static let retryLater = Response.text(
        503, "Try again later.\n", headers: [HeaderField("Retry-After", "1")])
}
